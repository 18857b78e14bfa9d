"""The sandbox stays clean, whatever the profile offers; and faults are found by the name of what they break."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import faults, requirements
from conformance.sandbox import Sandbox

# What a default run may cost, beyond setting the stage.
REQUESTS = 1_100


def judge(sandbox: Sandbox, folder: Path, without: str | None = None, *more: str) -> tuple[int, dict[str, Any], str]:
    """Judge the sandbox by the command line, its profile without what the pattern matches.

    Returns the exit code, results.json, and all that was printed.
    """
    with sandbox.serve() as served:
        profile = folder / "profile.toml"
        text, left_out = re.subn(without, "", served.profile_toml) if without else (served.profile_toml, 0)
        assert left_out or without is None, "there is nothing like it in the profile"
        profile.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "run", "--target", profile, "--report-dir", folder, *more],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    return done.returncode, json.loads((folder / "results.json").read_text(encoding="utf-8")), done.stdout + done.stderr


def with_verdict(results: dict[str, Any], verdict: str) -> set[str]:
    return {entry["id"] for entry in results["requirements"] if entry["verdict"] == verdict}


def test_the_sandbox_is_found_clean_and_everything_exercised(tmp_path: Path) -> None:
    code, results, printed = judge(Sandbox(), tmp_path)
    assert code == 0, printed
    assert not with_verdict(results, "fail") | with_verdict(results, "inconclusive"), printed
    needed = {id for id, entry in requirements.load().items() if entry.level != "advisory"}
    assert needed <= with_verdict(results, "pass"), printed
    assert results["requests"]["total"] - results["requests"]["setup"] <= REQUESTS
    assert "races of three cancel-alls" in printed


def test_what_earlier_runs_left_keeps_nothing_from_being_judged(tmp_path: Path) -> None:
    code, results, printed = judge(faults.twins()["just-used"].sandbox(), tmp_path)
    assert code == 0, printed
    needed = {id for id, entry in requirements.load().items() if entry.level != "advisory"}
    assert needed <= with_verdict(results, "pass"), printed
    assert results["requests"]["total"] - results["requests"]["setup"] <= 1.2 * REQUESTS


NO_INJECT = r"\[driver\.inject[^[]*(\[driver\.inject[^[]*)?"
NO_PLACE = r"\[driver\.place[^[]*\[driver\.place[^[]*"
NO_OTHER = r"\[accounts\.other\][^[]*"


@pytest.mark.parametrize(
    ("without", "exercised"),
    [
        (NO_INJECT, {"cancel.complete", "cancel.own-only", "cancel.keeps-fills", "list.limit-max", "list.page-walk"}),
        (r"api_(key|secret) = .*", {"auth.jwt", "auth.jwt-forged", "cancel.complete", "list.own-only"}),
        (r"jwt = .*", {"auth.api-key", "auth.signature", "cancel.complete", "list.own-only"}),
        (rf"{NO_OTHER}|{NO_INJECT}", {"cancel.complete", "cancel.idempotent", "list.limit-max"}),
        (NO_PLACE, {"cancel.complete", "cancel.own-only", "list.status"}),
    ],
)
def test_a_profile_that_offers_less_accuses_nobody(without: str, exercised: set[str], tmp_path: Path) -> None:
    code, results, printed = judge(Sandbox(), tmp_path, without)
    assert code == 0, printed
    assert exercised <= with_verdict(results, "pass"), printed


@pytest.mark.parametrize("name", ["oldest-first", "limit-unbounded", "cancels-the-whole-market", "null-for-nothing"])
def test_the_invariants_are_judged_without_a_test_hook_too(name: str, tmp_path: Path) -> None:
    fault = faults.load()[name]
    code, results, printed = judge(fault.sandbox(), tmp_path, NO_INJECT, "--stop-on-first")
    assert code == 1, printed
    assert fault.breaks in with_verdict(results, "fail"), printed
    findings = [finding for entry in results["requirements"] for finding in entry["findings"]]
    assert all(finding["want"] and finding["got"] for finding in findings)
    assert fault.breaks in printed


def test_a_violation_of_a_sequence_is_told_in_named_steps(tmp_path: Path) -> None:
    with faults.load()["comes-back-to-life"].sandbox(seed=1).serve() as served:
        (tmp_path / "profile.toml").write_text(served.profile_toml, encoding="utf-8")
        target, out = str(tmp_path / "profile.toml"), str(tmp_path)
        command = ["run", "--target", target, "--report-dir", out, "-k", "any_sequence", "--seed", "1"]
        subprocess.run([sys.executable, "-m", "conformance", *command], capture_output=True, timeout=120, check=False)
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    findings = [finding for entry in results["requirements"] for finding in entry["findings"]]
    steps = findings[0]["example"].splitlines()
    assert [step.partition(" ")[0] for step in steps] == [f"{number}." for number in range(1, len(steps) + 1)]
    assert len(steps) <= 4
