"""Which rounds a run has, and what becomes of what they found."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from conformance.exits import Exit
from conformance.judging import runner
from conformance.judging.found import FILE, Found, read, write
from conformance.judging.plan import Plan
from conformance.judging.rounds import Rounds
from conformance.profile import loader
from conformance.results import Finding, Mishaps, Results
from conformance.verdict import Verdict
from tests.gating.test_waivers import waiver
from tests.reporting.test_terminal import requirement, results

TEXT = '[target]\nname = "t"\nbase_url = "http://127.0.0.1:1"\n[accounts.caller]\nname = "a"\njwt = "none"\n'
NONE, PASS, DOUBT, FAIL = Verdict
ID = "list.limit-max"
DRAWN = base64.b64encode(b"drawn").decode()
EARLIER = Found("test_a::test_it[1]", ID, 3, exploring=False)

Answer = Results | BaseException


class Runs:
    """Stands in for whole runs: it gives these results in turn, the last for ever, and keeps what was asked for."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[tuple[Plan, str | None, bool, bool]] = []
        self._answers = list(answers)

    def __call__(self, plan: Plan, console: Console, *, stop_on_first: bool, select: str | None) -> Results:
        self.asked.append((plan, select, stop_on_first, console.quiet))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return replace(answer, seed=plan.seed)


def of(verdict: Verdict, check: str = "test_a::test_it[1]", **changed: Any) -> Results:
    told = requirement(ID, verdict)
    findings = (Finding("this", "that", "GET …", check),) if verdict is FAIL else ()
    return replace(results(requirement("order.fields", PASS), replace(told, findings=findings)), **changed)


Start = Callable[..., tuple[Rounds, Runs, StringIO]]


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    def start(*answers: Answer, again: tuple[Found, ...] = (), **planned: Any) -> tuple[Rounds, Runs, StringIO]:
        runs, printed = Runs(*answers), StringIO()
        monkeypatch.setattr(runner, "run", runs)
        plan = Plan(loader.loads(TEXT, "t"), report_dir=tmp_path, seed=7, **planned)
        return Rounds(plan, Console(file=printed), again), runs, printed

    return start


def test_without_exploring_there_is_one_round(rounds: Start, tmp_path: Path) -> None:
    all_rounds, runs, printed = rounds(of(PASS))
    told = all_rounds.run(explore_s=None, stop_on_first=False, select="limit")
    [(plan, select, stop, quiet)] = runs.asked
    assert (plan.seed, plan.effort.exploring, plan.writes, select, stop, quiet) == (
        7,
        False,
        False,
        "limit",
        False,
        False,
    )
    assert (told.seeds, told.select, told.exit_code) == ((7,), "limit", Exit.OK)
    assert printed.getvalue() == "round 1 (seed 7): 30 requests, 0 new violations\n"
    assert not list(all_rounds.told())
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["seed"] == 7


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """A clock that is one second on each time that it is looked at."""
    seconds = count(100.0)
    monkeypatch.setattr("conformance.judging.rounds.time", SimpleNamespace(monotonic=lambda: next(seconds)))
    return seconds


@pytest.mark.usefixtures("clock")
def test_exploring_goes_on_with_other_seeds_until_the_time_is_up(rounds: Start) -> None:
    all_rounds, runs, printed = rounds(of(PASS))
    told = all_rounds.run(explore_s=3, stop_on_first=False)  # started at 100, looked at before each round from 101 on
    assert len(runs.asked) == 4
    assert len(set(told.seeds)) == len(told.seeds) == len(runs.asked)
    assert [plan.effort.exploring for plan, *_ in runs.asked] == [False, True, True, True]
    assert [quiet for *_, quiet in runs.asked] == [False, True, True, True]
    assert {plan.effort.until for plan, *_ in runs.asked[1:]} == {103.0}
    assert f"round 2 (seed {told.seeds[1]}, explores): 30 requests" in printed.getvalue()
    assert told.duration_s == 5.0


def test_the_first_round_tests_all_though_there_is_no_time_to_explore(rounds: Start) -> None:
    all_rounds, runs, _ = rounds(of(PASS))
    all_rounds.run(explore_s=0, stop_on_first=False)
    assert len(runs.asked) == 1


def test_what_was_found_is_written_once_for_each_check_and_told(rounds: Start, tmp_path: Path) -> None:
    all_rounds, _, printed = rounds(of(FAIL), of(FAIL), of(FAIL, "test_a::test_other"), KeyboardInterrupt())
    told = all_rounds.run(explore_s=60, stop_on_first=False)
    assert [(each.check, each.seed) for each in read(tmp_path / FILE)] == [
        ("test_a::test_it[1]", 7),
        ("test_a::test_other", told.seeds[2]),
    ]
    new = [line.rpartition(", ")[2] for line in printed.getvalue().splitlines()]
    assert new == ["1 new violation", "0 new violations", "1 new violation"]
    assert (told.exit_code, told.mishaps.interrupted) == (Exit.INTERRUPTED, True)
    assert list(all_rounds.told()) == [f"violations are saved in {tmp_path / FILE}: `run --replay` tests it first"]


def test_what_an_earlier_run_has_left_is_not_taken_for_what_this_one_found(rounds: Start, tmp_path: Path) -> None:
    write(tmp_path / FILE, [EARLIER], target="t", versions={})
    all_rounds, _, _ = rounds(of(PASS))
    all_rounds.run(explore_s=None, stop_on_first=False)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("verdict", "told"), [(FAIL, "met again"), (PASS, "not met again"), (NONE, "could not be tested")]
)
def test_what_was_found_earlier_is_tested_first_and_then_the_rest(
    verdict: Verdict, told: str, rounds: Start, tmp_path: Path
) -> None:
    write(tmp_path / FILE, [EARLIER], target="t", versions={})
    second = replace(EARLIER, check="test_b::test_more", seed=4, exploring=True)
    first = replace(EARLIER, choices=(DRAWN,))
    all_rounds, runs, printed = rounds(of(verdict), again=(first, second, replace(second, check="test_c::test_c")))
    stops = verdict is not FAIL  # else the first of these rounds would be the last
    all_rounds.run(explore_s=None, stop_on_first=stops, select="limit")
    chosen = [(plan.seed, plan.effort.exploring, select, stop) for plan, select, stop, _ in runs.asked]
    assert chosen[:2] == [(3, False, "test_it", False), (4, True, "test_more or test_c", False)]
    assert chosen[2:] == [(7, False, "limit", stops)]
    assert "(seed 3, tests again what was found)" in printed.getvalue()
    assert next(all_rounds.told()) == f"{told}: {ID} by test_a::test_it[1]"
    assert runs.asked[0][0].examples.of(first.check) == [DRAWN]  # type: ignore[union-attr]
    assert [quiet for *_, quiet in runs.asked] == [True, True, False]
    assert read(tmp_path / FILE)[0] == first


@pytest.mark.parametrize(
    "last",
    [
        of(PASS, mishaps=Mishaps(interrupted=True)),
        of(PASS, mishaps=Mishaps(refusal="no")),
        of(PASS, mishaps=Mishaps(crashes=("boom",))),
        results(requirement("order.fields", NONE), requirement(ID, DOUBT)),  # nothing is judged there
    ],
)
def test_another_round_would_be_of_no_use(last: Results, rounds: Start) -> None:
    all_rounds, runs, _ = rounds(last)
    all_rounds.run(explore_s=60, stop_on_first=False)
    assert len(runs.asked) == 1


def test_with_stop_on_first_no_round_follows_a_violation(rounds: Start) -> None:
    for stop, rounds_run in ((True, 1), (False, 2)):
        all_rounds, runs, _ = rounds(of(FAIL), KeyboardInterrupt())
        all_rounds.run(explore_s=60, stop_on_first=stop)
        assert len(runs.asked) == rounds_run


def test_told_to_stop_before_the_first_round_there_is_no_report(rounds: Start, tmp_path: Path) -> None:
    all_rounds, _, _ = rounds(KeyboardInterrupt())
    with pytest.raises(SystemExit) as ended:
        all_rounds.run(explore_s=None, stop_on_first=False)
    assert ended.value.code == Exit.INTERRUPTED
    assert not (tmp_path / "results.json").exists()


def test_a_round_that_breaks_is_told_beside_those_before_it(rounds: Start) -> None:
    broken = runner.NoVerdict("it broke")
    all_rounds, _, _ = rounds(of(PASS), broken)
    told = all_rounds.run(explore_s=60, stop_on_first=False)
    assert (told.mishaps.crashes, told.exit_code, told.seeds) == (("it broke",), Exit.SUITE_FAILED, (7,))
    all_rounds, _, _ = rounds(broken)
    with pytest.raises(runner.NoVerdict):
        all_rounds.run(explore_s=60, stop_on_first=False)


def test_waivers_are_applied_to_the_whole_and_not_to_a_round(rounds: Start) -> None:
    accepted = waiver(requirement=ID, expires=date(2099, 1, 1))
    all_rounds, runs, _ = rounds(of(FAIL), waivers=(accepted,))
    told = all_rounds.run(explore_s=None, stop_on_first=False)
    assert runs.asked[0][0].waivers == ()
    assert next(each for each in told.requirements if each.id == ID).waiver
    assert (
        told.configuration["waivers"]
        != rounds(of(PASS))[0].run(explore_s=None, stop_on_first=False).configuration["waivers"]
    )


def test_one_of_another_catalogue_is_tested_and_not_told(rounds: Start) -> None:
    all_rounds, runs, _ = rounds(of(PASS), again=(replace(EARLIER, requirement="acme.gone"),))
    all_rounds.run(explore_s=None, stop_on_first=False)
    assert len(runs.asked) == 2
    assert not [line for line in all_rounds.told() if "acme" in line]


def test_nothing_is_said_of_a_file_that_could_not_be_written(rounds: Start, tmp_path: Path) -> None:
    all_rounds, _, _ = rounds(of(FAIL))
    all_rounds.run(explore_s=None, stop_on_first=False)
    (tmp_path / FILE).unlink()
    assert not list(all_rounds.told())


def test_what_stops_a_later_round_is_noted_beside_the_last_one_that_ended(rounds: Start) -> None:
    all_rounds, _, _ = rounds(of(PASS), of(PASS, mishaps=Mishaps(left=("an order",))), KeyboardInterrupt())
    told = all_rounds.run(explore_s=60, stop_on_first=False)
    assert told.mishaps == Mishaps(left=("an order",), interrupted=True)
