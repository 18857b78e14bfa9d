"""The gate, and what it compares."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance import contract
from conformance.gating.comparison import Change, compare
from conformance.gating.gate import decide
from conformance.gating.waivers import apply
from conformance.reporting import changes, files
from conformance.reporting.html import html
from conformance.results import Mishaps, RequirementResult, Results
from conformance.verdict import Verdict
from tests.cli.test_commands import command
from tests.gating.test_waivers import TODAY, WHOLE, waiver
from tests.reporting.test_terminal import CLEAN, requirement, results

FAILED = requirement("list.limit-max", Verdict.FAIL)
PASSED = requirement("list.limit-max", Verdict.PASS)
UNJUDGED = requirement("list.limit-max", Verdict.NONE, reason="no driver")
DOUBTFUL = requirement("list.limit-max", Verdict.INCONCLUSIVE, reason="unreachable")
ABSENT = None


def with_clean(other: RequirementResult | None) -> Results:
    return results(CLEAN) if other is None else results(CLEAN, other)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (results(CLEAN, PASSED), 0),
        (results(CLEAN, FAILED), 1),
        (results(CLEAN, DOUBTFUL), 3),
        (results(CLEAN, UNJUDGED), 0),
        (results(CLEAN, UNJUDGED, require="must"), 3),
        (results(UNJUDGED), 3),
        (results(CLEAN, mishaps=Mishaps(interrupted=True)), 130),
        (results(CLEAN, mishaps=Mishaps(refusal="live orders")), 2),
        (results(CLEAN, mishaps=Mishaps(crashes=("KeyError",))), 4),
    ],
)
def test_without_anything_agreed_on_it_says_what_the_run_said(given: Results, code: int) -> None:
    decision = decide(given, today=TODAY)
    assert (decision.exit_code, given.exit_code, decision.problems) == (code, code, ())


def test_more_may_be_required_than_the_run_was_told() -> None:
    assert decide(results(CLEAN, UNJUDGED), require="must", today=TODAY).exit_code == 3
    assert decide(results(CLEAN, UNJUDGED, require="must"), require="none", today=TODAY).exit_code == 0


def test_what_is_waived_opens_it_and_what_is_wrong_with_a_waiver_shuts_it() -> None:
    assert decide(results(CLEAN, FAILED), waivers=[waiver()], today=TODAY).exit_code == 0
    assert decide(results(CLEAN, PASSED), waivers=[waiver()], today=TODAY).exit_code == 1
    assert decide(results(CLEAN, FAILED), waivers=[waiver()], today=date(2026, 6, 2)).exit_code == 1
    interrupted = results(CLEAN, PASSED, mishaps=Mishaps(interrupted=True))
    assert decide(interrupted, waivers=[waiver()], today=TODAY).exit_code == 130


@pytest.mark.parametrize(
    ("now", "code", "says"),
    [
        (PASSED, 0, None),
        (FAILED, 1, "list.limit-max was pass in the baseline, and is fail"),
        (UNJUDGED, 3, "list.limit-max was pass in the baseline, and is none"),
        (ABSENT, 3, "list.limit-max was pass in the baseline, and is absent"),
    ],
)
def test_what_the_baseline_has_must_not_get_worse(now: RequirementResult | None, code: int, says: str | None) -> None:
    decision = decide(with_clean(now), baseline=results(CLEAN, PASSED), today=TODAY)
    assert decision.exit_code == code
    assert decision.problems == (() if says is None else (says,))


def test_without_waivers_of_its_own_it_takes_those_of_the_run() -> None:
    ran = apply(results(CLEAN, FAILED), [waiver()], TODAY)
    assert decide(ran, today=TODAY).exit_code == 0
    assert decide(ran, today=date(2026, 6, 2)).exit_code == 1
    assert decide(ran, waivers=[], today=TODAY).exit_code == 1
    stale = apply(results(CLEAN, PASSED), [waiver()], TODAY)
    assert decide(stale, today=TODAY).problems == stale.bad_waivers != ()


BARE: dict[str, Any] = {
    "schema_version": 1,
    "catalogue_version": "1.0",
    "verdict": "fail",
    "exit_code": 1,
    "partial": False,
    "suite": {"version": "0"},
    "seed": 7,
    "started_at": "2026-01-01T00:00:00+00:00",
    "duration_s": 6.1,
    "labels": {"build": "1.4.2"},
    "target": {"name": "t", "base_url": "http://h", "environment": "staging", "scope": "full", "region": "eu"},
    "requirements": [
        {
            "id": "list.limit-max",
            "level": "must",
            "verdict": "fail",
            "reason": "…",
            "waiver": None,
            "checks": ["a check"],
            "examples": 40,
            "findings": [{"want": "…", "got": "…", "evidence": "…"}],
            "owner": "somebody",
        }
    ],
    "requests": {"total": 812, "setup": 270, "retried_503": 3},
}


def test_results_need_no_more_than_their_schema_asks_for() -> None:
    contract.validator("results").validate(BARE)
    bare = Results.from_json(BARE)
    assert decide(bare, today=TODAY).exit_code == 1
    assert decide(bare, waivers=[waiver()], today=TODAY).exit_code == 0
    assert html(bare)


@pytest.mark.parametrize("code", [130, 2, 4, 3])
def test_what_ended_otherwise_keeps_its_exit_code(code: int) -> None:
    [entry] = BARE["requirements"]
    verdict = "inconclusive" if code == 3 else "pass"
    ended = {**BARE, "exit_code": code, "requirements": [{**entry, "verdict": verdict, "findings": []}]}
    contract.validator("results").validate(ended)
    assert decide(Results.from_json(ended), today=TODAY).exit_code == code


def test_what_is_waived_may_be_worse_than_the_baseline() -> None:
    decision = decide(results(CLEAN, FAILED), waivers=[waiver()], baseline=results(CLEAN, PASSED), today=TODAY)
    assert (decision.exit_code, decision.problems) == (0, ())


@pytest.mark.parametrize(
    ("before", "after", "change", "worse"),
    [
        (PASSED, FAILED, "regressed", True),
        (PASSED, DOUBTFUL, "regressed", True),
        (UNJUDGED, FAILED, "regressed", True),
        (PASSED, UNJUDGED, "lost", True),
        (FAILED, UNJUDGED, "lost", True),
        (FAILED, PASSED, "fixed", False),
        (FAILED, DOUBTFUL, "fixed", False),
        (UNJUDGED, PASSED, "gained", False),
        (ABSENT, FAILED, "new", False),
        (PASSED, ABSENT, "vanished", True),
        (FAILED, FAILED, "same", False),
        (replace(PASSED, level="advisory"), replace(FAILED, level="advisory"), "regressed", False),
    ],
)
def test_each_change_has_its_name(
    before: RequirementResult | None, after: RequirementResult | None, change: Change, worse: bool
) -> None:
    compared = compare(with_clean(before), with_clean(after))
    [line] = [line for line in compared.lines if line.id == "list.limit-max"]
    assert line.change == change
    assert bool(compared.worse) == worse


def test_a_comparison_as_markdown_keeps_its_table_whatever_is_in_it() -> None:
    failed = requirement("list.limit-max", Verdict.FAIL, reason="want | <b>\n`x`")
    told = changes.markdown(compare(results(CLEAN, PASSED), results(CLEAN, failed)))
    assert r"| regressed | `list.limit-max` | pass → fail | want \| \<b\> \`x\` |" in told.splitlines()
    assert told.startswith("**1 regressed, 1 same**")


def test_the_commands(tmp_path: Path) -> None:
    for name, given in {"old": results(CLEAN, PASSED), "new": results(CLEAN, FAILED)}.items():
        files.write(given, tmp_path / name)
    (tmp_path / "waivers.toml").write_text(WHOLE.replace("2026-06-01", "2999-01-01"), encoding="utf-8")

    compared = command("compare", "--format", "json", "old", "new/results.json", cwd=tmp_path)
    assert compared.returncode == 1
    assert [line["change"] for line in json.loads(compared.stdout)["changed"]] == ["regressed"]
    assert command("compare", "new", "old", cwd=tmp_path).returncode == 0

    shut = command("gate", "new", cwd=tmp_path)
    assert shut.returncode == 1
    assert "the gate is shut" in shut.stdout
    opened = command("gate", "new", "--waivers", "waivers.toml", "--baseline", "old", cwd=tmp_path)
    assert opened.returncode == 0, opened.stdout + opened.stderr
    assert "waived until 2999-01-01 by orders: the gateway caps at 100" in " ".join(opened.stdout.split())
    stale = command("gate", "old", "--waivers", "waivers.toml", cwd=tmp_path)
    assert stale.returncode == 1
    assert "remove it" in stale.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gate", "absent.json"], "absent.json: no such report"),
        (["gate", "text.json"], "text.json: no results of a run"),
        (["gate", "other.json"], "other.json: no results of a run"),
        (["compare", "other.json", "absent"], "other.json"),
        (["gate", "results.json", "--waivers", "text.json"], "text.json: no TOML"),
        (["gate", "results.json", "--baseline", "text.json"], "text.json"),
    ],
)
def test_bad_files_are_one_clear_message_and_exit_2(words: list[str], says: str, tmp_path: Path) -> None:
    files.write(results(CLEAN), tmp_path)
    (tmp_path / "text.json").write_text("not = [json", encoding="utf-8")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    done = command(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
