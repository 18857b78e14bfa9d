"""In which order the checks of a process run, when it stops, and what it shows of them."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.hypothesis_seam import Kept
from conformance.judging.declarations import lane_of
from conformance.judging.plan import Plan
from conformance.judging.signals import ToldToStop
from conformance.judging.verdicts import Outcome
from conformance.judging.worker import CleanUp, Worker, outcome_in, work_in
from conformance.profile import LaneNames, loader
from conformance.requirements.selection import selection
from conformance.results import Finding
from conformance.stage.effort import Effort
from conformance.verdict import Ending
from tests.judging.collected import cancels, check, needs, verifies

TEXT = '[target]\nname = "t"\nbase_url = "http://127.0.0.1:1"\n[accounts.caller]\nname = "a"\njwt = "none"\n'
FINDING = Finding("this", "that", "GET …", "test_a::test_it")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(loader.loads(TEXT, "t"), report_dir=tmp_path)


def worker(plan: Plan, **config: Any) -> Any:
    hooks = SimpleNamespace(pytest_deselected=lambda items: config.setdefault("left_out", []).extend(items))
    made = Worker(SimpleNamespace(hook=hooks, **config), plan)  # type: ignore[arg-type]
    made.pytest_sessionstart(SimpleNamespace(shouldstop=False, shouldfail=False))  # type: ignore[arg-type]
    made.left_out = config.setdefault("left_out", [])  # type: ignore[attr-defined]
    return made


def ordered(plan: Plan, *checks: Any) -> list[str]:
    items = list(checks)
    worker(plan).pytest_collection_modifyitems(items)
    return [each.nodeid for each in items]


READS = check("reads", verifies("list.array"))
READS_LIVE = check("reads live", verifies("list.end"), needs(live=1))
READS_LATE = check("reads late", verifies("list.safe"))
EARLY = check("early", verifies("list.safe"), pytest.mark.early)
CANCELS = check("cancels", verifies("cancel.empty"), cancels)
ALSO_CANCELS = check("also cancels", verifies("cancel.final", "cancel.envelope"), cancels)


def test_what_reads_comes_before_what_cancels_and_what_needs_live_orders_first(plan: Plan) -> None:
    every = (CANCELS, READS_LATE, READS_LIVE, ALSO_CANCELS, READS, EARLY)
    assert ordered(plan, *every) == ["reads live", "early", "reads", "reads late", "also cancels", "cancels"]


def test_what_the_run_aims_at_comes_first(plan: Plan) -> None:
    every = (CANCELS, READS_LATE, READS_LIVE, ALSO_CANCELS, READS)
    reading = ordered(replace(plan, aim="list.safe"), *every)
    assert reading == ["reads late", "reads live", "reads", "also cancels", "cancels"]
    both = check("cancels too", verifies("list.safe", "order.id"), cancels)
    assert ordered(replace(plan, aim="list.safe"), both, READS, READS_LATE) == ["reads late", "reads", "cancels too"]
    assert ordered(replace(plan, aim="order.id"), READS, both) == ["cancels too", "reads"]
    canceling = ordered(replace(plan, aim="cancel.empty"), *every)
    assert canceling == ["cancels", "also cancels", "reads live", "reads", "reads late"]
    refusing = ordered(replace(plan, aim="auth.required"), *every)
    assert refusing == ["reads live", "reads", "reads late", "also cancels", "cancels"]


def test_checks_of_what_is_not_selected_are_left_out_and_told(plan: Plan) -> None:
    made = worker(replace(plan, selection=selection("list.array,cancel.empty")))
    items = [CANCELS, READS, READS_LIVE, ALSO_CANCELS]
    made.pytest_collection_modifyitems(items)
    assert items == [READS, CANCELS]
    assert made.left_out == [READS_LIVE, ALSO_CANCELS]


def test_a_check_of_what_no_catalogue_has_is_the_suites_own_mistake(plan: Plan) -> None:
    with pytest.raises(KeyError, match=r"list\.nothing"):
        ordered(plan, check("x", verifies("list.nothing")))


def test_one_that_would_be_left_out_is_a_mistake_all_the_same(plan: Plan) -> None:
    with pytest.raises(KeyError, match=r"list\.nothing"):
        ordered(replace(plan, selection=selection("list.array")), READS, check("x", verifies("list.nothing")))


@pytest.mark.parametrize(("lanes", "told"), [(1, [0, 0]), (2, [0, 1])])
def test_in_one_process_what_cancels_is_shared_out_among_the_lanes(plan: Plan, lanes: int, told: list[int]) -> None:
    items = [check(f"a.py::{n}", verifies("cancel.empty"), cancels) for n in range(2)]
    several = replace(plan.profile, lanes=(LaneNames("caller", None),) * lanes)
    worker(replace(plan, profile=several)).pytest_collection_modifyitems(items)
    assert [lane_of(each) for each in items] == told
    marked = [each.get_closest_marker("lane") is not None for each in items]
    assert marked == [lanes > 1] * 2


def test_what_is_drawn_follows_from_the_seed(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = []
    monkeypatch.setattr(
        "conformance.hypothesis_seam.follow",
        lambda seed, check, name, times, kept: followed.append((seed, check, name, times, kept)),
    )
    function: Any = lambda: None  # noqa: E731 - it needs an attribute of its own
    function.hypothesis = object()
    kept = Kept()
    ordered(replace(plan, seed=5, examples=kept), check("a/test_b.py::c", verifies("list.end"), obj=function), READS)
    assert followed == [(5, function, "test_b::c", 1, kept)]


def test_with_several_workers_each_check_has_the_lane_of_its_module(plan: Plan) -> None:
    here = check("a/test_b.py::c", verifies("list.end"))
    there, same = check("test_b.py::c", verifies("list.end")), check("x/test_b.py::d", verifies("list.start"))
    three = replace(plan.profile, lanes=(LaneNames("caller", None),) * 3)
    made = worker(replace(plan, profile=three), workerinput={})
    made.pytest_collection_modifyitems([here, there, same])
    told = {each.get_closest_marker("lane").args[0] for each in (here, there, same)}
    assert len(told) == 1
    assert told <= {0, 1, 2}
    assert len({made._lane(f"test_{n}.py::x") for n in range(40)}) == 3


def outcome(ending: Ending, *findings: str, reason: str = "", **more: Any) -> Outcome:
    return Outcome("test_a::test_it", ("list.end",), ending, reason, dict.fromkeys(findings, FINDING), **more)


def report_of(told: Outcome) -> Any:
    report = SimpleNamespace(outcome="passed", longrepr=None, nodeid="a", conformance_outcome=told.to_plain())
    assert outcome_in(report) == told  # type: ignore[arg-type]
    return report


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (outcome("passed"), "passed"),
        (outcome("violated", "list.end"), "failed"),
        (outcome("passed", "order.id"), "failed"),
        (outcome("passed", "list.safe", "latency"), "failed"),
        (outcome("violated", "latency"), "passed"),  # it is advisory
        (outcome("inconclusive", reason="why"), "skipped"),
        (outcome("not exercised", reason="why"), "skipped"),
        (outcome("declined", reason="why"), "skipped"),
        (outcome("passed", doubts={"list.end": "why"}), "skipped"),
    ],
)
def test_what_pytest_shows_of_a_check(plan: Plan, told: Outcome, shown: str) -> None:
    report = report_of(told)
    worker(plan)._show(told, report)
    assert report.outcome == shown
    if shown == "skipped":
        assert report.longrepr == ("a", 0, "why")
    if shown == "failed":
        assert "this" in report.longrepr


def test_the_run_ends_where_the_suite_declines(plan: Plan) -> None:
    made = worker(plan)
    made.pytest_runtest_logreport(report_of(outcome("inconclusive", reason="who knows")))
    assert not made._session.shouldfail
    made.pytest_runtest_logreport(report_of(outcome("declined", reason="harm")))
    assert made._session.shouldfail == "harm"


def aiming(plan: Plan, *items: Any) -> Any:
    made = worker(replace(plan, aim="list.array"))
    made.pytest_collection_modifyitems(list(items))
    return made


def after(made: Any, item: Any, *findings: str) -> Any:
    """Why the run stops once this check has found these requirements violated, if it does."""
    assert made.pytest_runtest_protocol(item) is None
    told = replace(outcome("passed", *findings), check=item.nodeid)
    made.pytest_runtest_logreport(report_of(told))
    made.pytest_runtest_logfinish()
    return made._session.shouldfail


def test_it_ends_once_what_it_aims_at_is_violated_and_its_checks_have_run(plan: Plan) -> None:
    also, later = check("also", verifies("list.array")), check("later", verifies("list.array"), cancels)
    assert after(aiming(plan, READS, READS_LATE), READS, "list.array") == "list.array is violated"
    assert after(aiming(plan, READS), READS, "list.array")
    assert after(aiming(plan, READS, later), READS, "list.array"), "the next one is of the other kind"
    assert not after(aiming(plan, READS, also), READS, "list.array")
    assert not after(aiming(plan, READS, READS_LATE), READS, "list.end")
    assert not after(aiming(plan, READS, READS_LATE), READS)


def test_a_check_that_has_found_what_the_run_aims_at_is_not_run_with_other_values(plan: Plan) -> None:
    some = [check(name, verifies("list.array")) for name in ("a[1]", "a[2]", "b[1]", "b[2]")]
    made = aiming(plan, *some)
    assert not after(made, some[0], "list.array")
    assert made.pytest_runtest_protocol(some[1]) is True, "left out"
    assert not after(made, some[2])
    assert after(made, some[3], "list.array")


def test_it_ends_when_the_time_for_exploring_is_up(plan: Plan) -> None:
    for until, told in ((0.0, "the time for exploring is up"), (1e12, False)):
        made = worker(replace(plan, effort=Effort.to_explore(until)))
        made.pytest_runtest_logfinish()
        assert made._session.shouldstop == told


def test_it_was_interrupted_only_if_somebody_stopped_it(plan: Plan) -> None:
    for kind, told in ((KeyboardInterrupt, True), (ToldToStop, True), (pytest.exit.Exception, True), (Sub, False)):
        made = worker(plan)
        made.pytest_keyboard_interrupt(SimpleNamespace(type=kind))
        assert made.interrupted is told


class Sub(KeyboardInterrupt):
    """How pytest itself ends a session early."""


def test_cleaning_up_is_finished_though_the_run_is_told_to_stop_once(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cleaned(*outcomes: Any, interrupted: bool = False) -> tuple[CleanUp, bool]:
        left = list(outcomes)

        def close() -> list[str]:
            now = left.pop(0)
            if isinstance(now, BaseException):
                raise now
            return list(now)

        made = worker(plan)
        made.interrupted = interrupted
        monkeypatch.setattr(made.stages, "close", close)
        monkeypatch.setattr(made.stages, "not_cleaned_up", lambda why: [why])
        return made.clean_up(), made.interrupted

    assert cleaned(["order 1"]) == (CleanUp(("order 1",)), False)
    assert cleaned(KeyboardInterrupt(), ["order 1"]) == (CleanUp(("order 1",)), True)
    twice, _ = cleaned(KeyboardInterrupt(), KeyboardInterrupt())
    assert twice == CleanUp(("was not checked, since the run was stopped twice",))
    assert cleaned(KeyboardInterrupt(), interrupted=True)[0] == twice
    broke, _ = cleaned(KeyError("x"))
    assert broke.left == ("orders of this run may be left, since cleaning up failed",)
    assert broke.crashes[0].startswith("cleaning up ended with KeyError: 'x'")


def test_a_process_that_is_no_worker_tells_nobody(plan: Plan) -> None:
    worker(plan).pytest_sessionfinish()
    told: dict[str, Any] = {}
    worker(plan, workeroutput=told).pytest_sessionfinish()
    assert work_in(told).cpu_s >= 0
    assert set(told) == {"conformance_coverage", "conformance_clean_up", "conformance_work"}
