"""All that the suite takes from the insides of Hypothesis, which a new version may change without notice.

If one does, the tests of this module fail, and only this module has to follow. It imports nothing of the suite, because
the checks need it as well as the judge.
"""

import base64
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, configuration, core, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import engine, providers
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test
from hypothesis.vendor import pretty

Error = TypeVar("Error", bound=Exception)

# How every check draws: from the seed of the run alone and without a database, so that the same seed sends the same
# requests; without a deadline, since a slow target is not a wrong one.
DRAWING = settings(
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=False,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

# How long one violation may be shrunk: a target that is far away answers 25 requests a second at most.
PATIENT_S = 4
IMPATIENT_S = 2  # with --stop-on-first somebody waits for the end of the run

# What Hypothesis notes at an error. An argument is "limit=201," and a value that the check drew itself is
# "Draw 2 (symbol): 'DFUSDT'". A step of a state machine is "state.lists(account='caller')".
_VALUE = re.compile(r"\w+=|Draw \d+")
_DRAW = re.compile(r"^Draw \d+(?: \((.*?)\))?: ")
_STEP = re.compile(r"state\.(\w+)\((.*)\)$")


def prepare(*, stop_on_first: bool) -> None:
    """Set Hypothesis up for a run, in this process."""
    settings.register_profile("conformance", DRAWING)
    settings.load_profile("conformance")
    # Hypothesis has no setting for this time. Its own limit is five minutes.
    engine.MAX_SHRINKING_SECONDS = IMPATIENT_S if stop_on_first else PATIENT_S
    # The pytest plugin of Schemathesis replaces the printer by one that leaves all values out of the examples.
    core.RepresentationPrinter = pretty.RepresentationPrinter  # type: ignore[attr-defined]
    # It would draw constants of the modules that lie in no site-packages: a seed would draw otherwise from a checkout
    # than from a wheel, and to read them takes a second.
    providers._get_local_constants = lambda: providers._local_constants


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """Inside, what Hypothesis keeps goes into a folder that is gone afterwards, not into the user's."""
    with ExitStack() as stack:
        with suppress(OSError):  # a full disk is no reason not to judge
            scratch = tempfile.TemporaryDirectory(prefix="p99-conformance-", ignore_cleanup_errors=True)
            configuration.set_hypothesis_home_dir(stack.enter_context(scratch))
            stack.callback(configuration.set_hypothesis_home_dir, None)
            _tell_what_utf_8_encodes()
        yield


def _tell_what_utf_8_encodes() -> None:
    """Write down what Hypothesis would else find out character by character, in each new folder: it takes a second."""
    every_character_but_surrogates = [[0, 0xD7FF], [0xE000, sys.maxunicode]]
    file = charmap.charmap_file("codec-v2-utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(file, "wt") as text:
        json.dump([every_character_but_surrogates, []], text)


def know_characters() -> None:
    """Find out of what kind each character is, as Hypothesis does in each process once a text is drawn."""
    with leaving_nothing():
        charmap.charmap()


def draws(check: object) -> bool:
    """Whether Hypothesis draws the arguments of the check."""
    return hasattr(check, "hypothesis")


class Kept:
    """Examples that failed, by the names of their checks: what was drawn, as text, so that it can be drawn again."""

    def __init__(self) -> None:
        self.database = InMemoryExampleDatabase()

    def keep(self, check: str, examples: Iterable[str]) -> None:
        """Let the check meet these before it draws others. Raises ValueError if one is no such text."""
        for each in examples:
            self.database.save(check.encode(), base64.b64decode(each, validate=True))

    def of(self, check: str) -> list[str]:
        """The examples of the check, the shortest first."""
        told = sorted(self.database.fetch(check.encode()), key=lambda each: (len(each), each))
        return [base64.b64encode(each).decode() for each in told]


def follow(seed: int, check: Any, name: str = "", *, times: int = 1, kept: Kept | None = None) -> None:
    """Let what the check draws follow from the seed, so many `times` as much as it declares.

    `kept`: it meets those of its name first, and its failing examples are added.
    """
    hypothesis.seed(seed)(check)
    # A check outlives a run where several follow one another: each goes by what the check declares.
    declared = check.__dict__.setdefault("declared_settings", check._hypothesis_internal_use_settings)
    check._hypothesis_internal_database_key = name.encode()
    check._hypothesis_internal_use_settings = settings(
        declared,
        max_examples=declared.max_examples * times,
        database=None if kept is None else kept.database,
        phases=declared.phases if kept is None else (Phase.reuse, *declared.phases),
    )


@dataclass(slots=True)
class Examples:
    """How many examples of a check were run so far. `stopped`: the error after which no more were."""

    count: int = 0
    stopped: Exception | None = None


class _Enough(KeyboardInterrupt):
    """Ends a check that has found nothing. This is the only kind of error that Hypothesis keeps no example for."""


@contextmanager
def counting(check: Any, stop_at: type[Exception], enough: Callable[[], bool] = lambda: False) -> Iterator[Examples]:
    """Inside, count the examples that the check runs, and run no more of them after an error of the kind `stop_at`, or
    once it is `enough` and nothing has failed.

    Hypothesis takes such an error for a failure and tries to shrink it. Each attempt then ends at once with that error.
    """
    if not draws(check):
        yield Examples(1)
        return
    body, examples = check.hypothesis.inner_test, Examples()
    failed = False

    def counted(*args: Any, **kwargs: Any) -> None:
        nonlocal failed
        if examples.stopped is not None:
            raise examples.stopped
        examples.count += 1
        try:
            body(*args, **kwargs)
        except stop_at as error:
            examples.stopped = error
            raise
        except Exception:
            failed = True
            raise
        if not failed and enough():
            raise _Enough

    check.hypothesis.inner_test = counted
    try:
        yield examples
    except _Enough:
        pass
    finally:
        check.hypothesis.inner_test = body


def examples(**values: Sequence[Any]) -> Callable[[Any], Any]:
    """Let a check meet each of these values of one argument, in turn, before it draws others."""

    def declare(check: Any) -> Any:
        for name, each in values.items():
            for value in reversed(each):  # Hypothesis runs first what was added last
                check = hypothesis.example(**{name: value})(check)
        return check

    return declare


def run_examples(what: str, values: Iterable[Any], check: Callable[[Any], None]) -> None:
    """Run the check with each value in turn: the first that fails is the one that is told, as Hypothesis would.

    `what` names the value in the note at the error. Hypothesis has no part in it: nothing is drawn.
    """
    for value in values:
        try:
            check(value)
        except Exception as error:
            error.add_note(f"{what}={pretty.pretty(value)},")
            raise


def run_machine(machine: type[RuleBasedStateMachine], data: st.DataObject, *, steps: int) -> None:
    """Run the state machine inside a check, with the data of the check: it then draws, shrinks and repeats as a check
    does.
    """
    run: Any = get_state_machine_test(machine, settings=settings(DRAWING, stateful_step_count=steps))
    run.hypothesis.inner_test(data)


def met_once(flaky: Flaky, kind: type[Error]) -> Error | None:
    """The error of this kind that Hypothesis met once and then not again, with all that Hypothesis noted.

    None if the examples differ for another reason.
    """
    error = _find(flaky, kind)
    if error is not None:
        for note in list(_notes(flaky)):  # a list, since the error may be among those whose notes are read
            error.add_note(note)
    return error


def example(error: BaseException, without: Collection[str] = ()) -> str | None:
    """What Hypothesis drew before this error: a line for each value, or the numbered steps of a state machine.

    `without`: arguments that are left out, since they were not drawn. None if nothing was drawn.
    """
    lines = [line.strip().rstrip(",") for note in getattr(error, "__notes__", ()) for line in note.splitlines()]
    if steps := [step for line in lines if (step := _STEP.match(line)) and step[1] != "teardown"]:
        told = (f"{step[1].replace('_', ' ')} {step[2]}".strip() for step in steps)
        return "\n".join(f"{number}. {step}" for number, step in enumerate(told, start=1))
    left_out = (*(f"{name}=" for name in without), "data=")
    values = [line for line in lines if _VALUE.match(line) and not line.startswith(left_out)]
    return "\n".join(_DRAW.sub(lambda found: f"{found[1]}: " if found[1] else "", line) for line in values) or None


def _notes(error: BaseException) -> Iterator[str]:
    """What Hypothesis noted at the error, and at the errors inside it."""
    yield from getattr(error, "__notes__", ())
    for inner in getattr(error, "exceptions", ()):
        yield from _notes(inner)


def _find(error: BaseException, kind: type[Error]) -> Error | None:
    """The first error of this kind: the error itself, one inside it, or one that it comes from."""
    if isinstance(error, kind):
        return error
    others = [*getattr(error, "exceptions", ()), error.__cause__, error.__context__]
    return next((found for other in others if other is not None and (found := _find(other, kind)) is not None), None)
