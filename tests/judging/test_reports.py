"""One report of several lanes, machines or targets."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from conformance import contract
from conformance.exits import WrongUsage
from conformance.gating.gate import decide
from conformance.judging.reports import merged
from conformance.reporting import files, reproduction
from conformance.results import Mishaps, Results
from conformance.verdict import Verdict
from tests.cli.test_commands import command
from tests.gating.test_waivers import TODAY, waiver
from tests.reporting.test_terminal import FINDING, requirement, results

NONE, PASS, DOUBT, FAIL = Verdict
ID = "list.limit-max"
HERE = {"name": "here", "base_url": "http://here", "environment": "mock", "scope": "full", "given": "here.toml"}
THERE = {**HERE, "name": "there", "base_url": "http://there", "environment": "staging", "given": ""}


def of(verdict: Verdict, target: dict[str, str] = HERE, order: Verdict = PASS, **changed: Any) -> Results:
    told = requirement("order.fields", order), requirement(ID, verdict, reason="why")
    return replace(results(*told), target=target, **changed)


def waived(given: Results, day: str = "2099-01-01") -> Results:
    told = {**waiver().to_json(), "target": given.target["name"], "expires": day}
    return replace(
        given, requirements=tuple(replace(e, waiver=told if e.id == ID else None) for e in given.requirements)
    )


def behind(given: Results) -> Results:
    told = (replace(e, consequence_of="order.fields" if e.id == ID else None) for e in given.requirements)
    return replace(given, requirements=tuple(told))


def one(given: Results) -> Any:
    return next(each for each in given.requirements if each.id == ID)


@pytest.mark.parametrize(("first", "second"), list(product(Verdict, repeat=2)))
def test_each_requirement_has_the_worst_verdict_of_all(first: Verdict, second: Verdict) -> None:
    assert one(merged({"a": of(first), "b": of(second)})).verdict is max(first, second)


def test_every_finding_is_kept_and_names_its_report_and_how_to_meet_it_again() -> None:
    whole = merged({"a": of(FAIL, seed=3), "b": of(PASS), "c d": of(FAIL, THERE, seed=4, select="limit")})
    found = one(whole).findings
    assert found == (replace(FINDING, report="a"), replace(FINDING, report="c d"))
    assert reproduction.run_line(whole, found[0]) == "p99-conformance run --target here.toml --seed 3 -k test_clamped"
    assert reproduction.run_line(whole, found[1]) == "p99-conformance run --seed 4 -k test_clamped"
    assert reproduction.run_line(whole) == "p99-conformance merge a b 'c d'"


def test_what_a_round_found_is_replayed_from_beside_its_own_report() -> None:
    given = of(FAIL)
    found = replace(FINDING, seed=9)
    told = tuple(replace(each, findings=(found,) if each.id == ID else ()) for each in given.requirements)
    whole = merged({"a/results.json": replace(given, requirements=told)})
    assert "--replay a/found.json" in reproduction.run_line(whole, one(whole).findings[0])


def test_requests_and_times_are_added_up_and_what_differs_is_left_out() -> None:
    labels = {"build": "1", "machine": "x"}
    whole = merged(
        {"a": of(PASS, labels=labels, require="must"), "b": of(PASS, labels=labels | {"machine": "y"}, duration_s=3.0)}
    )
    assert whole.requests == {"total": 60, "setup": 20, "retried_503": 0}
    assert (whole.duration_s, whole.labels, whole.require) == (5.04, {"build": "1"}, "must")
    assert [(each["report"], each["requests"]) for each in whole.merged_from] == [("a", 30), ("b", 30)]


@pytest.mark.parametrize(
    ("first", "second", "both"), [("x", "x", "x"), ("x or y", "z", "(x or y) or (z)"), ("x", None, None)]
)
def test_a_check_that_any_run_selected_is_selected(first: str, second: str | None, both: str | None) -> None:
    assert merged({"a": of(PASS, select=first), "b": of(PASS, select=second)}).select == both


def test_targets_are_named_together() -> None:
    whole = merged({"a": of(PASS), "b": of(PASS, THERE), "c": of(PASS)})
    assert whole.target["name"] == "here + there"
    assert whole.target["base_url"] == "http://here, http://there"
    assert whole.target["environment"] == "unspecified"


def test_it_is_waived_or_a_consequence_only_if_it_is_so_everywhere() -> None:
    fails, there = of(FAIL), of(FAIL, THERE)
    assert one(merged({"a": waived(fails), "b": there})).waiver is None
    assert one(merged({"a": waived(fails), "b": of(DOUBT, THERE)})).waiver is None
    both = merged({"a": waived(fails), "b": waived(there, "2098-01-01"), "c": of(PASS)})
    assert one(both).waiver["expires"] == "2098-01-01"
    assert (both.exit_code, decide(both, today=TODAY).exit_code) == (0, 0)
    cause = of(FAIL, order=FAIL)
    assert one(merged({"a": behind(cause), "b": of(PASS)})).consequence_of == "order.fields"
    assert one(merged({"a": behind(cause), "b": there})).consequence_of is None


def test_on_one_target_what_one_report_tested_is_tested() -> None:
    parts = {"a": of(NONE, require="must"), "b": of(PASS, require="must", order=NONE)}
    assert [each.exit_code for each in parts.values()] == [3, 3]
    assert merged(parts).exit_code == 0


def test_of_several_targets_none_may_lack_what_its_run_wanted() -> None:
    whole = merged({"a": of(PASS), "b": of(NONE, THERE, require="must")})
    assert (one(whole).reason, whole.exit_code) == ("not tested in b", 3)
    assert merged({"a": of(PASS), "b": of(NONE, THERE)}).exit_code == 0


@pytest.mark.parametrize("target", [HERE, THERE], ids=["one", "two"])
def test_it_passes_only_if_all_pass(target: dict[str, str]) -> None:
    """On one target, unless what was not tested in one is tested in another."""
    kinds = [of(v, order=o, require=r) for v, o, r in product(Verdict, (NONE, PASS), ("none", "must"))]
    kinds += [waived(each) for each in kinds if one(each).verdict > PASS]
    kinds += [of(PASS, mishaps=each) for each in (Mishaps(interrupted=True), Mishaps("no"), Mishaps(crashes=("x",)))]
    kinds += [of(PASS, mishaps=Mishaps(unwritten="full")), of(PASS, bad_waivers=("old",))]
    for first, second in product(kinds, kinds):
        other = replace(second, target=target)
        passes = merged({"a": first, "b": other}).exit_code == 0
        alone = {first.exit_code, other.exit_code}
        if passes:
            assert alone == {0} or (target is HERE and alone <= {0, 3})
        assert passes or alone != {0}


def test_what_was_merged_can_be_merged_again() -> None:
    pair = merged({"a": of(FAIL), "b": of(PASS)})
    whole = merged({"pair": pair, "c": of(FAIL, THERE)})
    assert [each["report"] for each in whole.merged_from] == ["a", "b", "c"]
    assert [each.report for each in one(whole).findings] == ["a", "c"]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (of(PASS, catalogue_version="2.0"), "b was written with version 2.0 of the catalogue, and a with version 1.0"),
        (of(PASS, suite_version="9"), "version 9 of the suite"),
        (results(requirement(ID, PASS)), "other requirements"),
        (of(PASS, overload={"sent": 1}), "b is the report of an overload"),
    ],
)
def test_what_cannot_be_compared_is_refused(other: Results, says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        merged({"a": of(PASS), "b": other})


def test_the_command_writes_the_reports_of_a_run(tmp_path: Path) -> None:
    files.write(of(FAIL), tmp_path / "a")
    files.write(of(PASS, THERE), tmp_path / "b")
    done = command("merge", "a", "b/results.json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "merged from a, b/results.json" in done.stdout
    assert "seen by test_list_limit::test_clamped in a" in done.stdout
    assert {each.name for each in (tmp_path / "reports").iterdir()} == set(files.NAMES)
    for name in ("report.html", "junit.xml", "ctrf.json"):
        assert "in a" in (tmp_path / "reports" / name).read_text(encoding="utf-8"), name
    text = (tmp_path / "reports" / "results.json").read_text(encoding="utf-8")
    contract.validator("results").validate(json.loads(text))
    assert files.results_json(Results.from_json(json.loads(text))) == text


def test_the_command_refuses_plainly(tmp_path: Path) -> None:
    files.write(of(PASS), tmp_path / "reports")
    given = tmp_path / "reports" / "results.json"
    (tmp_path / "next.json").write_text(given.read_text("utf-8").replace('"schema_version": 1', '"schema_version": 2'))
    over = command("merge", "reports", cwd=tmp_path)
    later = command("merge", "next.json", "reports", "--report-dir", "x", cwd=tmp_path)
    assert (over.returncode, later.returncode) == (2, 2)
    assert "give another folder" in over.stderr
    assert "next.json: written in version 2 of the format" in later.stderr
