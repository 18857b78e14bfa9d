"""What the suite takes from the insides of Hypothesis: a version that changes them makes these tests fail."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import core, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import engine, providers
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.vendor import pretty

import conformance
from conformance import checks, hypothesis_seam
from conformance.hypothesis_seam import DRAWING

PACKAGE = Path(conformance.__file__).parent


class Wrong(AssertionError):
    """What a check raises that found something."""


class Undecided(Exception):
    """What a check raises that cannot tell."""


class MutePrinter(pretty.RepresentationPrinter):
    """As Schemathesis has it: prints no value."""

    def pretty(self, obj: object, *, cycle: bool = False) -> None:
        return None


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hypothesis set up as for a run; afterwards as it was."""
    monkeypatch.setattr(core, "RepresentationPrinter", MutePrinter)
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", 300)
    before = settings.get_current_profile_name()
    hypothesis_seam.prepare(stop_on_first=False)
    yield
    settings.load_profile(before)


def error_of(check: Callable[[], None], kind: type[Exception] = Wrong) -> Any:
    """The error that the check raises."""
    with pytest.raises(kind) as raised:
        check()
    return raised.value


# -- how checks draw -----------------------------------------------------------------------------------------------

HOW = ("database", "deadline", "derandomize", "phases", "suppress_health_check")


def drawing_checks() -> Iterator[Any]:
    for module in pkgutil.iter_modules(checks.__path__):
        for _, check in inspect.getmembers(importlib.import_module(f"{checks.__name__}.{module.name}")):
            if hypothesis_seam.draws(check) and check.__module__.endswith(module.name):
                yield check


def drawn_as(check: Any) -> dict[str, Any]:
    return {name: getattr(check._hypothesis_internal_use_settings, name) for name in HOW}


def test_checks_draw_as_declared_wherever_they_are_imported() -> None:
    """`prove` imports them before any run begins."""
    for check in drawing_checks():
        assert drawn_as(check) == {name: getattr(DRAWING, name) for name in HOW}, check
    assert sum(1 for _ in drawing_checks()) >= 15


def test_a_check_that_declares_nothing_draws_the_same_way() -> None:
    @given(st.integers())
    def check(number: int) -> None:
        pass

    assert drawn_as(check) == {name: getattr(DRAWING, name) for name in HOW}


def test_what_is_drawn_follows_from_the_seed() -> None:
    def drawn(seed: int) -> list[int]:
        seen: list[int] = []

        @settings(DRAWING, max_examples=10)
        @given(st.integers())
        def check(number: int) -> None:
            seen.append(number)

        hypothesis_seam.follow(seed, check)
        check()
        return seen

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


# -- examples that are counted -------------------------------------------------------------------------------------


def test_examples_are_counted() -> None:
    @settings(DRAWING, max_examples=7)
    @given(st.integers())
    def check(number: int) -> None:
        seen.append(number)

    seen: list[int] = []
    with hypothesis_seam.counting(check, Undecided) as examples:
        check()
    assert examples.count == len(seen) == 7
    check()
    assert examples.count == 7
    assert len(seen) == 14


def test_a_check_that_draws_nothing_is_one_example() -> None:
    with hypothesis_seam.counting(lambda: None, Undecided) as examples:
        assert examples.count == 1


def test_no_example_is_run_after_one_that_could_not_be_judged() -> None:
    @settings(DRAWING, max_examples=50)
    @given(st.integers())
    def check(number: int) -> None:
        seen.append(number)
        if len(seen) == 3:
            raise Undecided

    seen: list[int] = []
    with hypothesis_seam.counting(check, Undecided) as examples:
        error_of(check, Undecided)
    assert examples.count == len(seen) == 3


# -- the time for shrinking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("impatient", [False, True])
def test_the_time_for_shrinking_is_bounded(impatient: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def examples_within(seconds: int) -> int:
        @settings(DRAWING, max_examples=200)
        @given(st.lists(st.integers(0, 10**9), min_size=20))
        def check(numbers: list[int]) -> None:
            if sum(numbers) > 10**6:
                raise Wrong

        monkeypatch.setattr(hypothesis_seam, "IMPATIENT_S" if impatient else "PATIENT_S", seconds)
        hypothesis_seam.prepare(stop_on_first=impatient)
        hypothesis_seam.follow(0, check)
        with hypothesis_seam.counting(check, Undecided) as examples:
            error_of(check)
        return examples.count

    assert examples_within(0) < 30 < examples_within(60)


# -- examples that are shown ---------------------------------------------------------------------------------------


def test_an_example_shows_the_arguments_that_were_drawn() -> None:
    @given(symbol=st.sampled_from(["DFUSDT", "BTCUSDT"]), limit=st.integers(0))
    def check(caller: object, symbol: str, limit: int) -> None:
        if limit > 200:
            raise Wrong

    error = error_of(lambda: check("fixture"))
    assert hypothesis_seam.example(error, without=["caller"]) == "symbol='DFUSDT'\nlimit=201"


def test_an_example_shows_what_the_check_draws_itself() -> None:
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        limit = data.draw(st.integers(0))
        symbol = data.draw(st.sampled_from(["DFUSDT", "BTCUSDT"]), label="symbol")
        if limit > 200 and symbol:
            raise Wrong

    assert hypothesis_seam.example(error_of(check)) == "201\nsymbol: 'DFUSDT'"


def test_where_nothing_was_drawn_there_is_no_example() -> None:
    assert hypothesis_seam.example(Wrong()) is None


class Light(RuleBasedStateMachine):
    """A light that must not be left on. Its steps are taken at the end, as those of the checks are."""

    def __init__(self) -> None:
        super().__init__()
        self.on = False

    @rule(colour=st.sampled_from(["red", "green"]))
    def switch_on(self, colour: str) -> None:
        self.on = True

    @rule()
    def switch_off(self) -> None:
        self.on = False

    def teardown(self) -> None:
        if self.on:
            raise Wrong


def test_a_state_machine_draws_and_shrinks_inside_a_check_and_its_steps_are_numbered() -> None:
    @settings(DRAWING, max_examples=20)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        hypothesis_seam.run_machine(Light, data, steps=6)

    hypothesis_seam.follow(0, check)
    with hypothesis_seam.counting(check, Undecided) as examples:
        error = error_of(check)
    assert hypothesis_seam.example(error) == "1. switch on colour='red'"
    assert examples.count > 1


def test_a_state_machine_takes_as_many_steps_as_it_is_told() -> None:
    class Counting(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.steps = 0

        @rule()
        def step(self) -> None:
            self.steps += 1

        def teardown(self) -> None:
            taken.append(self.steps)

    @settings(DRAWING, max_examples=5)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        hypothesis_seam.run_machine(Counting, data, steps=6)

    taken: list[int] = []
    check()
    assert max(taken) == 6


# -- errors that are met once --------------------------------------------------------------------------------------


def wrong_once() -> Callable[[], None]:
    """A check that fails at the first example of 100 and above, and never again."""
    failed: list[int] = []

    @given(limit=st.integers(100))
    def check(limit: int) -> None:
        if not failed:
            failed.append(limit)
            raise Wrong("seen")

    return check


def test_an_error_that_is_not_met_again_is_found_with_its_example() -> None:
    flaky = error_of(wrong_once(), Flaky)
    error = hypothesis_seam.met_once(flaky, Wrong)
    assert str(error) == "seen"
    assert error is not None
    assert re.fullmatch(r"limit=\d+", hypothesis_seam.example(error) or "")


def test_an_error_of_another_kind_is_not_taken_for_it() -> None:
    assert hypothesis_seam.met_once(error_of(wrong_once(), Flaky), Undecided) is None


def test_an_error_that_another_one_replaced_is_found() -> None:
    def flaky() -> None:
        try:
            raise Wrong("seen")
        except Wrong:
            raise Flaky("differs") from None

    assert str(hypothesis_seam.met_once(error_of(flaky, Flaky), Wrong)) == "seen"


# -- the seam ------------------------------------------------------------------------------------------------------

INSIDES = re.compile(
    r"hypothesis\.(core|internal|vendor|configuration)|inner_test|__notes__|\.hypothesis\b|\"hypothesis\"\)"
    r"|get_state_machine_test|RepresentationPrinter|_hypothesis_internal|MAX_SHRINKING"
)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_else_touches_the_insides_of_hypothesis(path: Path) -> None:
    met = INSIDES.search(path.read_text(encoding="utf-8"))
    assert (met is not None) == (path.name == "hypothesis_seam.py"), met


def test_examples_are_run_in_their_order_and_the_first_that_fails_is_told() -> None:
    seen: list[int] = []

    def check(number: int) -> None:
        seen.append(number)
        if number > 2:
            raise ValueError(number)

    hypothesis_seam.run_examples("number", [1, 2], check)
    assert seen == [1, 2]
    with pytest.raises(ValueError, match="3") as failed:
        hypothesis_seam.run_examples("number", [1, 2, 3, 4], check)
    assert 4 not in seen
    assert hypothesis_seam.example(failed.value, without=()) == "number=3"


# -- exploring -----------------------------------------------------------------------------------------------------


drawn: list[int] = []


@settings(DRAWING, max_examples=4)
@given(data=st.data())
def finds_what_is_above_1000(data: st.DataObject) -> None:
    data.draw(st.integers(0, 9))
    drawn.append(data.draw(st.integers(0, 10_000)))
    if drawn[-1] > 1_000:
        raise Wrong


@settings(DRAWING, max_examples=3)
@given(number=st.integers(0, 10_000))
def finds_nothing(number: int) -> None:
    drawn.append(number)


def examples_of(check: Any, enough: Callable[[], bool] = lambda: False) -> int:
    with hypothesis_seam.counting(check, Undecided, enough) as examples:
        check()
    return examples.count


def test_more_examples_are_drawn_than_a_check_declares_and_then_as_many_as_it_declares_again() -> None:
    for times in (5, 1, 2, 1):
        hypothesis_seam.follow(7, finds_nothing, "finds", times=times)
        assert examples_of(finds_nothing) == 3 * times


def test_a_check_ends_once_its_time_is_up() -> None:
    hypothesis_seam.follow(7, finds_nothing, "finds", times=50)
    told = iter([False, False, False, True])
    assert examples_of(finds_nothing, lambda: next(told)) == 4


def test_an_example_that_failed_is_kept_and_drawn_again_first_whatever_the_seed() -> None:
    check = finds_what_is_above_1000
    kept, elsewhere = hypothesis_seam.Kept(), hypothesis_seam.Kept()
    hypothesis_seam.follow(7, check, "check", times=5, kept=kept)
    error_of(check)
    assert kept.of("check")
    assert kept.of("another") == []

    elsewhere.keep("check", kept.of("check"))
    hypothesis_seam.follow(8, check, "check", kept=elsewhere)
    drawn.clear()
    error_of(check)
    assert drawn[0] == 1_001

    hypothesis_seam.follow(8, check, "check")
    drawn.clear()
    error_of(check)
    assert drawn[0] == 0, "nothing is kept where nobody asks for it"


def test_what_is_no_example_is_refused() -> None:
    with pytest.raises(ValueError, match="base64"):
        hypothesis_seam.Kept().keep("draws", ["no base64"])


def test_constants_of_modules_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    hypothesis_seam.prepare(stop_on_first=False)
    seen: set[int] = set()
    monkeypatch.setattr(providers, "_seen_modules", seen)
    monkeypatch.setattr(providers, "_sys_modules_len", None)
    given(st.integers())(lambda number: None)()
    assert not seen


def test_what_utf_8_encodes_is_told_and_not_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found_out = charmap.intervals_from_codec.__wrapped__("utf-8")
    with hypothesis_seam.leaving_nothing():
        monkeypatch.setattr(sys, "maxunicode", -1)  # nothing is left to be tried
        told = charmap.intervals_from_codec.__wrapped__("utf-8")
    assert [each.intervals for each in told] == [each.intervals for each in found_out]
