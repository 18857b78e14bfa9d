"""The GitHub action: the script of its step, run by the bash and with the environment that GitHub gives."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance import faults
from conformance.sandbox import Sandbox
from tests.sandboxes import profile_in

CHECKOUT = Path(__file__).parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
[JUDGE] = (step for step in ACTION["runs"]["steps"] if step.get("id") == "judge")
QUICK = "--only list.limit-max -k list_limit"


def judged(folder: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """The exit code of the step, the outputs of the action, and what was printed."""
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    environ = {name: _filled(value, "inputs", given) for name, value in JUDGE["env"].items()}
    (folder / "step.sh").write_text(JUDGE["run"], encoding="utf-8")
    (folder / "output").touch()
    around = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(CHECKOUT),
        "GITHUB_SHA": "f" * 40,
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "step.sh"]
    done = subprocess.run(
        words, cwd=folder, env=around | environ, capture_output=True, text=True, timeout=120, check=False
    )
    told = dict(line.split("=", 1) for line in (folder / "output").read_text(encoding="utf-8").splitlines())
    values = {f"judge.outputs.{name}": value for name, value in told.items()}
    outputs = {name: _filled(each["value"], "steps", values) for name, each in ACTION["outputs"].items()}
    return done.returncode, outputs, done.stdout + done.stderr


def _filled(text: str, context: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ " + context + r"\.([\w.-]+) \}\}", lambda found: values[found[1]], text)


@pytest.mark.parametrize(("fault", "code", "verdict"), [(None, 0, "pass"), ("limit-unbounded", 1, "fail")])
def test_its_outputs_say_how_the_run_ended(fault: str | None, code: int, verdict: str, tmp_path: Path) -> None:
    sandbox = faults.load()[fault].sandbox(0) if fault else Sandbox(0)
    with profile_in(tmp_path, sandbox):
        ended, outputs, printed = judged(tmp_path, target="profile.toml", options=QUICK, report_dir="my reports")
    assert (ended, outputs) == (code, {"verdict": verdict, "report": "my reports"}), printed
    assert (tmp_path / "my reports" / "results.json").exists()
    assert (tmp_path / "summary.md").exists()


def test_a_baseline_that_tested_more_shuts_the_gate(tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox(0)):
        more = "--only list.limit-max,list.limit-exact -k list_limit"
        first, _, printed = judged(tmp_path, target="profile.toml", options=more, report_dir="before")
        again, outputs, told = judged(tmp_path, target="profile.toml", options=QUICK, baseline="before")
    assert first == 0, printed
    assert again != 0, told
    assert outputs["verdict"] != "pass"


def test_a_profile_that_is_not_there_has_no_verdict(tmp_path: Path) -> None:
    ended, outputs, printed = judged(tmp_path, target="absent.toml")
    assert (ended, outputs["verdict"]) == (2, "none"), printed
