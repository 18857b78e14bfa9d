"""A file of waivers to fill in: what it holds is what a run found, and filled in it is accepted."""

import tomllib
from dataclasses import replace
from pathlib import Path

from conformance.gating.drafting import draft
from conformance.gating.gate import decide
from conformance.gating.waivers import load
from conformance.reporting import files
from conformance.results import Results
from conformance.verdict import Verdict
from tests.cli.test_commands import command
from tests.gating.test_waivers import TODAY, waiver
from tests.reporting.test_terminal import CLEAN, requirement, results

HOSTILE = 'it is "so"\n[[waiver]]\x7f\x1b[31m'
FAILED = requirement("list.limit-max", Verdict.FAIL, reason=HOSTILE)
UNDECIDED = requirement("cancel.busy", Verdict.INCONCLUSIVE, reason="unreachable")
BROKEN = replace(UNDECIDED, verdict=Verdict.FAIL)
FOUND = results(
    CLEAN,
    FAILED,
    UNDECIDED,
    requirement("auth.timestamp", Verdict.FAIL, level="advisory"),
    replace(requirement("list.start", Verdict.FAIL), waiver=waiver(requirement="list.start").to_json()),
)


def filled_in(found: Results, folder: Path) -> Path:
    text = draft(found, TODAY).replace('owner = ""', 'owner = "orders"').replace('reason = ""', 'reason = "agreed"')
    (folder / "w.toml").write_text(text, encoding="utf-8")
    return folder / "w.toml"


def test_it_has_what_fails_the_run_and_is_not_waived() -> None:
    entries = tomllib.loads(draft(FOUND, TODAY))["waiver"]
    told = {entry["requirement"]: entry.get("accepts") for entry in entries}
    assert told == {"list.limit-max": None, "cancel.busy": "inconclusive"}
    assert {entry["target"] for entry in entries} == {FOUND.target["name"]}


def test_what_a_target_says_stays_a_comment_and_a_name_stays_a_name() -> None:
    found = replace(FOUND, target={**FOUND.target, "name": HOSTILE})
    entries = tomllib.loads(draft(found, TODAY))["waiver"]
    assert [entry["target"] for entry in entries] == [HOSTILE, HOSTILE]


def test_filled_in_it_opens_the_gate(tmp_path: Path) -> None:
    found = results(CLEAN, FAILED, UNDECIDED)
    assert decide(found, today=TODAY).exit_code == 1
    decision = decide(found, waivers=load(filled_in(found, tmp_path)), today=TODAY)
    assert (decision.exit_code, decision.problems) == (0, ())
    assert {each.id for each in decision.results.accepted} == {"list.limit-max", "cancel.busy"}


def test_what_is_waived_as_inconclusive_may_not_be_violated(tmp_path: Path) -> None:
    waivers = load(filled_in(results(CLEAN, UNDECIDED), tmp_path))
    assert decide(results(CLEAN, UNDECIDED), waivers=waivers, require="must", today=TODAY).exit_code == 0
    assert decide(results(CLEAN, BROKEN), waivers=waivers, today=TODAY).exit_code == 1


def test_what_is_waived_as_violated_may_not_be_inconclusive(tmp_path: Path) -> None:
    waivers = load(filled_in(results(CLEAN, BROKEN), tmp_path))
    assert decide(results(CLEAN, UNDECIDED), waivers=waivers, today=TODAY).exit_code == 3


def test_the_command_writes_a_file_and_replaces_none(tmp_path: Path) -> None:
    files.write(FOUND, tmp_path / "reports")
    written = command("waivers", "--from", "reports", "--out", "w.toml", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    assert tomllib.loads((tmp_path / "w.toml").read_text(encoding="utf-8"))["waiver"]
    again = command("waivers", "--from", "reports", "--out", "w.toml", cwd=tmp_path)
    assert again.returncode == 2
    assert "exists already; give another name" in again.stderr
    assert "[[waiver]]" in command("waivers", "--from", "reports", cwd=tmp_path).stdout


def test_a_cause_is_named_where_there_is_one_and_letters_stay_as_they_are() -> None:
    found = replace(FOUND, target={**FOUND.target, "name": "börse"})
    assert "may follow from" not in draft(found, TODAY)
    assert 'target = "börse"' in draft(found, TODAY)
    affected = replace(FAILED, consequence_of="list.array")
    assert draft(results(CLEAN, affected), TODAY).count("# may follow from list.array; ") == 1
