"""One defect is one violation: what may follow from it does not count, unless it is hidden by nothing that counts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.gating.comparison import Change, compare
from conformance.gating.consequences import checked
from conformance.gating.gate import decide
from conformance.gating.waivers import apply
from conformance.reporting import changes, files
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict
from tests.cli.test_commands import command
from tests.gating.test_waivers import TODAY, waiver
from tests.reporting.test_terminal import CLEAN, requirement, results

CAUSE = requirement("list.newest-first", Verdict.FAIL)
PASSED = requirement("list.page-walk", Verdict.PASS, "implied")
UNJUDGED = requirement("list.page-walk", Verdict.NONE, "implied")
OWN = requirement("list.page-walk", Verdict.FAIL, "implied")
AFFECTED = replace(OWN, consequence_of="list.newest-first", rate="3 of 412 lists")
WAIVES_CAUSE = waiver(requirement="list.newest-first")


def counted(given: Results) -> list[str]:
    return [result.id for result in given.violated]


def test_it_does_not_count_and_the_exit_code_follows_from_its_cause() -> None:
    given = apply(results(CLEAN, CAUSE, AFFECTED), [], TODAY)
    assert counted(given) == ["list.newest-first"]
    assert given.exit_code == decide(given, today=TODAY).exit_code == 1


def test_a_waiver_of_the_cause_does_not_silence_what_follows_from_it() -> None:
    given = results(CLEAN, CAUSE, AFFECTED)
    for waived in (apply(given, [WAIVES_CAUSE], TODAY), decide(given, waivers=[WAIVES_CAUSE], today=TODAY).results):
        assert counted(waived) == ["list.page-walk"]
        assert (waived.exit_code, waived.verdict) == (1, Verdict.FAIL)
        assert all(result.consequence_of is None for result in waived.requirements)
    both = [WAIVES_CAUSE, waiver(requirement="list.page-walk")]
    assert decide(given, waivers=both, today=TODAY).exit_code == 0


def test_one_that_is_waived_itself_stands_with_its_waiver() -> None:
    waived = apply(results(CLEAN, CAUSE, AFFECTED), [waiver(requirement="list.page-walk")], TODAY)
    assert counted(waived) == ["list.newest-first"]
    assert [result.id for result in waived.waived] == ["list.page-walk"]
    assert waived.waived[0].consequence_of is None


@pytest.mark.parametrize(
    "others",
    [
        (),
        (replace(CAUSE, verdict=Verdict.PASS, findings=()),),
        (replace(CAUSE, verdict=Verdict.INCONCLUSIVE, findings=()),),
        (replace(CAUSE, level="advisory"),),
        (replace(CAUSE, consequence_of="list.page-walk"),),
        (replace(CAUSE, consequence_of="list.array"), requirement("list.array", Verdict.FAIL)),
        (replace(CAUSE, waiver=waiver().to_json()),),
    ],
)
def test_results_that_name_a_cause_that_does_not_count_hide_nothing(others: tuple[RequirementResult, ...]) -> None:
    given = checked(results(CLEAN, *others, AFFECTED))
    assert "list.page-walk" in counted(given)
    assert given.exit_code == 1


def test_what_passed_is_no_consequence() -> None:
    given = checked(results(CLEAN, CAUSE, replace(PASSED, consequence_of="list.newest-first")))
    assert [result.consequence_of for result in given.requirements] == [None, None, None]


@pytest.mark.parametrize(
    ("before", "after", "change", "worse"),
    [
        (PASSED, AFFECTED, "affected", False),
        (UNJUDGED, AFFECTED, "affected", False),
        (OWN, AFFECTED, "affected", False),
        (AFFECTED, OWN, "regressed", True),
        (AFFECTED, AFFECTED, "same", False),
        (AFFECTED, replace(AFFECTED, consequence_of="list.array"), "same", False),
        (AFFECTED, PASSED, "fixed", False),
        (AFFECTED, UNJUDGED, "lost", True),
        (None, AFFECTED, "new", False),
    ],
)
def test_a_new_one_is_nothing_worse_and_one_that_counts_itself_now_is(
    before: RequirementResult | None, after: RequirementResult, change: Change, worse: bool
) -> None:
    compared = compare(results(CLEAN, CAUSE, *([before] if before else [])), results(CLEAN, CAUSE, after))
    [line] = [line for line in compared.lines if line.id == "list.page-walk"]
    assert line.change == change
    assert bool(compared.worse) == worse


def test_the_gate_says_that_it_counts_itself_now() -> None:
    baseline = results(CLEAN, CAUSE, AFFECTED)
    now = results(CLEAN, requirement("list.newest-first", Verdict.PASS), OWN)
    says = "list.page-walk was fail (may follow from list.newest-first) in the baseline, and is fail"
    assert decide(now, baseline=baseline, today=TODAY).problems == (says,)
    assert decide(baseline, baseline=baseline, today=TODAY).problems == ()


def test_a_comparison_shows_it_with_its_cause_and_its_rate() -> None:
    compared = compare(results(CLEAN, CAUSE, PASSED), results(CLEAN, CAUSE, AFFECTED))
    row = (
        "| affected | `list.page-walk` | pass → fail (may follow from list.newest-first) | violated in 3 of 412 lists |"
    )
    assert row in changes.markdown(compared).splitlines()
    [changed] = compared.to_json()["changed"]
    assert (changed["consequence_of"], changed["rate"]) == ("list.newest-first", "3 of 412 lists")


def test_the_commands(tmp_path: Path) -> None:
    files.write(results(CLEAN, CAUSE, PASSED), tmp_path / "old")
    files.write(results(CLEAN, CAUSE, AFFECTED), tmp_path / "new")
    compared = command("compare", "old", "new", cwd=tmp_path)
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert "Affected" in compared.stdout
    shut = command("gate", "new", cwd=tmp_path)
    assert shut.returncode == 1
    assert "also affected: list.page-walk" in shut.stdout
    assert "list.page-walk is violated" not in shut.stdout
    assert "1 requirement violated" in shut.stdout
    explained = " ".join(command("explain", "list.page-walk", "--report", "new", cwd=tmp_path).stdout.split())
    causes = explained.partition("What a violation may follow from")[2]
    assert "list.newest-first" in causes
    assert "order.id" in causes
    assert "fail violated in 3 of 412 lists; may follow from list.newest-first" in explained

    # Whoever edits the file hides nothing.
    edited: dict[str, Any] = json.loads((tmp_path / "new" / "results.json").read_text(encoding="utf-8"))
    edited["requirements"] = [entry for entry in edited["requirements"] if entry["id"] != "list.newest-first"]
    (tmp_path / "edited.json").write_text(json.dumps(edited), encoding="utf-8")
    shut = command("gate", "edited.json", cwd=tmp_path)
    assert shut.returncode == 1
    assert "list.page-walk is violated in 3 of 412 lists" in shut.stdout


def test_advice_may_follow_from_advice() -> None:
    given = checked(results(CLEAN, *(replace(each, level="advisory") for each in (CAUSE, AFFECTED))))
    assert given.requirements[-1].consequence_of == "list.newest-first"
