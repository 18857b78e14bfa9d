"""A decision on some of the requirements alone."""

from dataclasses import replace

from conformance.gating.comparison import compare
from conformance.gating.gate import decide
from conformance.gating.selecting import narrowed
from conformance.requirements.selection import everything, selection
from conformance.results import Mishaps
from conformance.verdict import Verdict
from tests.gating.test_gate import FAILED, PASSED, UNJUDGED
from tests.gating.test_waivers import TODAY
from tests.reporting.test_terminal import CLEAN, requirement, results

OTHER = requirement("list.newest-first", Verdict.FAIL)
ONLY = selection(only="list.limit-max")


def test_what_is_not_selected_has_no_verdict() -> None:
    given = replace(results(PASSED, replace(OTHER, rate="1 of 2")), selection="--skip order")
    found = narrowed(given, ONLY)
    kept, left_out = found.requirements
    assert kept == PASSED
    assert (left_out.verdict, left_out.selected, left_out.rate) == (Verdict.NONE, False, None)
    assert left_out.reason == "not selected: --only list.limit-max"
    assert found.selection == "--skip order --only list.limit-max"
    once = narrowed(results(PASSED, OTHER), ONLY)
    assert narrowed(once, ONLY).selection == once.selection == "--only list.limit-max"
    assert narrowed(given, everything()) is given


def test_it_decides_on_what_is_selected() -> None:
    assert decide(results(PASSED, OTHER), today=TODAY).exit_code == 1
    assert decide(results(PASSED, OTHER), today=TODAY, selected=ONLY).exit_code == 0


def test_what_got_worse_and_is_not_selected_is_passed_by() -> None:
    was = results(requirement("list.newest-first", Verdict.PASS), PASSED)
    decision = decide(results(OTHER, FAILED), baseline=was, today=TODAY, selected=ONLY)
    assert decision.problems == ("list.limit-max was pass in the baseline, and is fail",)


def test_what_is_not_tested_any_more_does_not_change_another_exit_code() -> None:
    interrupted = results(CLEAN, UNJUDGED, mishaps=Mishaps(interrupted=True))
    assert decide(interrupted, baseline=results(CLEAN, PASSED), today=TODAY).exit_code == 130


def test_a_line_that_one_of_two_runs_has() -> None:
    [gone] = [line.to_json() for line in compare(results(PASSED), results()).lines]
    assert (gone["before"], gone["after"], gone["consequence_of"], gone["rate"]) == ("pass", None, None, None)
    [new] = [line.to_json() for line in compare(results(), results(FAILED)).lines]
    assert (new["before"], new["after"]) == (None, "fail")
