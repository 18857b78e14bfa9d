"""The four invariants: each fault on them is found, by the name of what it breaks, and the sandbox stays clean."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Sandbox


def judge(sandbox: Sandbox, folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Judge the sandbox by the command line; its exit code, results.json, and all that it printed."""
    with sandbox.serve() as served:
        profile = folder / "profile.toml"
        profile.write_text(served.profile_toml, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "run", "--target", profile, "--report-dir", folder, *options],
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
