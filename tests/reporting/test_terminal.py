"""The summary: what a QA engineer reads at the end of a run."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from conformance.cost import Work, fine_step, limit
from conformance.reporting import terminal
from conformance.results import Finding, Mishaps, Missing, RequirementResult, Results
from conformance.verdict import Verdict

FINDING = Finding(
    want="at most 200 orders for limit=1000",
    got="333",
    evidence="alice: GET …\n  200 in 3 ms",
    check="test_list_limit::test_clamped",
    example="limit=1000",
)


def requirement(id: str, verdict: Verdict, level: str = "must", reason: str = "") -> RequirementResult:
    findings = (FINDING,) if verdict is Verdict.FAIL else ()
    return RequirementResult(id, level, f"What {id} says.", "a document", verdict, reason, ("c",), 1, findings)


def results(*requirements: RequirementResult, require: str = "none", mishaps: Mishaps | None = None) -> Results:
    return Results(
        catalogue_version="1.0",
        suite_version="0",
        seed=7,
        require=require,
        started_at="2026-01-01T00:00:00+00:00",
        duration_s=2.04,
        target={"name": "t", "base_url": "http://127.0.0.1", "environment": "mock", "scope": "full"},
        requirements=requirements,
        requests={"total": 30, "setup": 10, "retried_503": 0},
        mishaps=mishaps or Mishaps(),
    )


CLEAN = requirement("order.fields", Verdict.PASS, "implied")


def text(given: Results, detail: terminal.Detail = "normal") -> str:
    return " ".join(terminal.summary(given, Path("out"), width=200, detail=detail).split())


def test_a_violation_is_shown_with_its_sentence_and_what_was_wanted_and_got() -> None:
    shown = text(results(CLEAN, requirement("list.limit-max", Verdict.FAIL)))
    assert "list.limit-max (must) What list.limit-max says." in shown
    assert "want at most 200 orders for limit=1000 got 333" in shown
    assert "seen by test_list_limit::test_clamped with limit=1000" in shown
    assert shown.endswith("not conformant: 1 requirement violated · exit 1: a requirement is violated")


def test_what_was_not_exercised_is_grouped_by_its_reason() -> None:
    left = [requirement(id, Verdict.NONE, reason="no check") for id in ("cancel.final", "cancel.visible")]
    shown = text(results(CLEAN, *left))
    assert "Not tested no check cancel.final, cancel.visible" in shown
    assert "no violation found (1 of 3 requirements tested)" in shown


def test_what_kept_some_checks_from_judging_is_told_beside_a_pass() -> None:
    both = requirement("cancel.exact", Verdict.PASS, reason="in part: no room; no time")
    raced = requirement("cancel.complete", Verdict.PASS, reason="0 of 8 races went wrong; in part: no room")
    shown = text(results(CLEAN, both, raced))
    assert "Tested in part no room cancel.exact, cancel.complete no time cancel.exact" in shown
    assert "Tested in part" not in text(results(CLEAN))


def test_what_would_enable_it_stands_beside_it() -> None:
    unmet = replace(requirement("list.limit-max", Verdict.NONE), missing=(Missing("201 orders are known", "a driver"),))
    assert "needs 201 orders are known add a driver list.limit-max" in text(results(CLEAN, unmet))


def test_conformant_is_said_only_where_every_must_was_asked_for() -> None:
    assert "conformant" not in text(results(CLEAN))
    assert "conformant (1 of 1" in text(results(CLEAN, require="must"))
    missed = text(results(CLEAN, requirement("list.array", Verdict.NONE), require="must"))
    assert "inconclusive: --require must names 1 requirement not tested: list.array" in missed


def test_where_the_reports_are_and_what_it_cost() -> None:
    shown = text(results(CLEAN))
    assert "reports in out: report.html, summary.md, results.json, junit.xml, ctrf.json, exchanges.har" in shown
    assert "seed 7 · 30 requests, 10 of them set-up 2.0 s" in shown
    told = replace(results(CLEAN), by_purpose={"set-up": 10, "looks": 0, "lists": 20}, limit=limit(2.04, 30, WORK))
    assert "seed 7 · 30 requests: 20 lists, 10 set-up" in text(told)


WORK = [Work(cpu_s=0.06, chain=25, shared=30, connections=1, round_trips={fine_step(0.04): 30})]


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (replace(WORK[0], connections=2), "1.0 s: 25 requests one after another at 40 ms"),
        (replace(WORK[0], chain=5, connections=2), "0.6 s: all requests at 40 ms, over 2 connections"),
        (replace(WORK[0], cpu_s=1.5), "1.5 s: 50.0 ms of our own CPU time for each request"),
    ],
)
def test_what_kept_the_run_from_being_faster(work: Work, why: str) -> None:
    told = replace(results(CLEAN), limit=limit(2.04, 30, [work]))
    assert f"2.0 s, {2.04 / float(why[:3]):.1f} times the limit of {why}" in text(told)


def test_a_failure_of_the_suite_is_said_to_be_one() -> None:
    shown = text(results(CLEAN, mishaps=Mishaps(crashes=("test_x: KeyError",))))
    assert "the suite itself failed: test_x: KeyError · exit 4" in shown


def test_markup_in_an_answer_stays_text() -> None:
    hostile = requirement("list.array", Verdict.INCONCLUSIVE, reason="[bold red]got[/bold red] [/]")
    assert "[bold red]got[/bold red] [/]" in text(results(CLEAN, hostile))


def test_in_short_it_is_the_verdict_alone() -> None:
    shown = text(results(CLEAN, requirement("list.limit-max", Verdict.FAIL)), "quiet")
    assert shown == "not conformant: 1 requirement violated · exit 1: a requirement is violated"


def test_at_length_it_tells_of_every_requirement_and_shows_the_evidence() -> None:
    shown = text(results(CLEAN, requirement("list.limit-max", Verdict.FAIL)), "verbose")
    assert "pass order.fields judged 1 time" in shown
    assert "evidence: alice: GET … 200 in 3 ms" in shown
    assert shown.endswith("exit 1: a requirement is violated")


def test_sixty_columns_are_enough() -> None:
    given = results(
        CLEAN, requirement("list.limit-max", Verdict.FAIL), requirement("list.safe", Verdict.NONE, reason="x")
    )
    for detail in ("normal", "verbose"):
        *lines, last = terminal.summary(given, Path("out"), 60, detail).splitlines()
        assert max(map(len, lines)) <= 60
        assert last == "not conformant: 1 requirement violated · exit 1: a requirement is violated"


def test_a_terminal_wraps_the_last_line_as_any_other() -> None:
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None)
    terminal.show(console, results(CLEAN, requirement("list.limit-max", Verdict.FAIL)), Path("out"))
    assert isinstance(console.file, io.StringIO)
    assert max(map(len, console.file.getvalue().splitlines())) <= 60
