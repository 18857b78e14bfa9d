"""The four invariants: each fault on them is found, by the name of what it breaks, and the sandbox stays clean."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Sandbox


def judge(sandbox: Sandbox, folder: Path, without: str | None = None) -> tuple[int, dict[str, Any], str]:
    """Judge the sandbox by the command line, its profile without what the pattern matches.

    Returns the exit code, results.json, and all that was printed.
    """
    with sandbox.serve() as served:
        profile = folder / "profile.toml"
        text, left_out = re.subn(without, "", served.profile_toml) if without else (served.profile_toml, 0)
        assert left_out or without is None, "there is nothing like it in the profile"
        profile.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "run", "--target", profile, "--report-dir", folder],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    return done.returncode, json.loads((folder / "results.json").read_text(encoding="utf-8")), done.stdout + done.stderr


def violated(results: dict[str, Any]) -> set[str]:
    return {entry["id"] for entry in results["requirements"] if entry["verdict"] == "fail"}


def test_the_sandbox_is_found_clean(tmp_path: Path) -> None:
    code, results, printed = judge(Sandbox(), tmp_path)
    assert code == 0, printed
    assert violated(results) == set()
    assert not [entry for entry in results["requirements"] if entry["verdict"] == "inconclusive"], printed
    assert results["requests"]["total"] - results["requests"]["setup"] < 700


@pytest.mark.parametrize("name", faults.load())
def test_a_fault_is_found_by_name(name: str, tmp_path: Path) -> None:
    fault = faults.load()[name]
    code, results, printed = judge(fault.sandbox(), tmp_path)
    assert code == 1, printed
    assert fault.breaks in violated(results), printed
    findings = [finding for entry in results["requirements"] for finding in entry["findings"]]
    assert all(finding["want"] and finding["got"] for finding in findings)
    assert fault.breaks in printed


NO_INJECT = r"\[driver\.inject[^[]*(\[driver\.inject[^[]*)?"
NO_OTHER = r"\[accounts\.other\][^[]*"


@pytest.mark.parametrize(
    ("without", "exercised"),
    [
        (NO_INJECT, {"cancel.complete", "cancel.own-only", "cancel.keeps-fills", "list.limit-max", "list.page-walk"}),
        (r"api_(key|secret) = .*", {"auth.jwt", "cancel.complete", "list.own-only"}),
        (r"jwt = .*", {"auth.api-key", "cancel.complete", "list.own-only"}),
        (NO_OTHER, {"cancel.complete", "cancel.idempotent", "list.limit-max"}),
        (rf"{NO_OTHER}|{NO_INJECT}", {"cancel.complete", "cancel.idempotent", "list.limit-max"}),
        (r"\[driver\.place[^[]*\[driver\.place[^[]*", {"cancel.complete", "cancel.own-only", "list.status"}),
    ],
)
def test_a_profile_that_offers_less_accuses_nobody(without: str, exercised: set[str], tmp_path: Path) -> None:
    code, results, printed = judge(Sandbox(), tmp_path, without)
    assert code == 0, printed
    assert exercised <= {entry["id"] for entry in results["requirements"] if entry["verdict"] == "pass"}, printed


@pytest.mark.parametrize("name", ["oldest-first", "limit-unbounded", "cancels-the-whole-market", "null-for-nothing"])
def test_the_invariants_are_judged_without_a_test_hook_too(name: str, tmp_path: Path) -> None:
    fault = faults.load()[name]
    code, results, printed = judge(fault.sandbox(), tmp_path, NO_INJECT)
    assert code == 1, printed
    assert fault.breaks in violated(results), printed
