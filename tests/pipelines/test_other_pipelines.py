"""GitLab, Jenkins, the plain script and the image: the shell in them is run, with stubs for what is installed.

The script itself, with the suite, is run by the tests of the GitHub action.
"""

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement

from conformance.cli import main

CHECKOUT = Path(__file__).parent.parent.parent
SCRIPT = (CHECKOUT / "ci" / "judge.sh").read_text(encoding="utf-8")
SPEC, COMPONENT = yaml.safe_load_all((CHECKOUT / "templates" / "p99-conformance.yml").read_text(encoding="utf-8"))
JOB: dict[str, Any] = COMPONENT["p99-conformance"]
JENKINS = (CHECKOUT / "ci" / "Jenkinsfile").read_text(encoding="utf-8")
IMAGE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")

# Writes down its words, and ends as the variable of its first word says.
STUB = """#!/bin/sh
{ printf '%s' "${0##*/}"; printf '|%s' "$@"; echo; } >> "$CALLS"
[ "$1" != run ] || exit "${RUN_ENDS:-0}"
[ "$1" != gate ] || exit "${GATE_ENDS:-0}"
"""


def called(folder: Path, script: str, **environ: str) -> tuple[int, list[str]]:
    """The exit code of the script, and what it has called, with blanks in place of |."""
    for name in ("p99-conformance", "python", "pip"):
        path = folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(STUB, encoding="utf-8")
        path.chmod(0o755)
    calls = folder / "calls"
    calls.write_text("", encoding="utf-8")
    around = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "CALLS": str(calls), **environ}
    done = subprocess.run(
        ["sh", "-e"], input=script, cwd=folder, env=around, text=True, timeout=30, capture_output=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.returncode, calls.read_text(encoding="utf-8").splitlines()


def gitlab(folder: Path, environ: dict[str, str], **inputs: str) -> tuple[int, list[str]]:
    given = {name: each.get("default", "") for name, each in SPEC["spec"]["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    variables = {
        name: re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: given[found[1]], value)
        for name, value in JOB["variables"].items()
    }
    return called(folder, "\n".join([*JOB["before_script"], *JOB["script"]]), **variables, **environ)


def test_the_script_passes_on_what_the_environment_says(tmp_path: Path) -> None:
    code, [run, gate] = called(
        tmp_path,
        SCRIPT,
        P99_TARGET="my profile.toml",
        P99_REQUIRE="must",
        P99_WAIVERS="w.toml",
        P99_BASELINE="last",
        P99_COMMIT="abc",
        P99_OPTIONS="--seed 1 -k *",
    )
    assert code == 0
    assert run == (
        "p99-conformance|run|--target|my profile.toml|--require|must|--report-dir|reports|--label|commit=abc"
        "|--waivers|w.toml|--seed|1|-k|*"
    )
    assert gate == "p99-conformance|gate|reports|--baseline|last"


def test_the_script_needs_nothing_but_the_target(tmp_path: Path) -> None:
    assert called(tmp_path, SCRIPT, P99_TARGET="t") == (
        0,
        ["p99-conformance|run|--target|t|--require|none|--report-dir|reports"],
    )


@pytest.mark.parametrize(("run", "gate", "code", "calls"), [("3", "0", 3, 1), ("0", "1", 1, 2)])
def test_the_script_ends_as_the_first_that_is_not_content(
    run: str, gate: str, code: int, calls: int, tmp_path: Path
) -> None:
    ended, told = called(tmp_path, SCRIPT, P99_TARGET="t", P99_BASELINE="last", RUN_ENDS=run, GATE_ENDS=gate)
    assert (ended, len(told)) == (code, calls)


def test_the_component_installs_the_package_and_has_the_script_in_itself(tmp_path: Path) -> None:
    code, [install, run] = gitlab(tmp_path, {"CI_COMMIT_SHA": "abc", "RUN_ENDS": "1"}, package="a.whl", target="t")
    assert code == 1
    assert install == "python|-m|pip|install|--quiet|a.whl"
    assert run == "p99-conformance|run|--target|t|--require|none|--report-dir|reports|--label|commit=abc"
    [inside] = JOB["script"]
    assert inside.split("\n", 1)[1] == SCRIPT.split("\n", 2)[2]


def test_the_component_keeps_the_reports_of_a_failed_job_where_they_are_written() -> None:
    folder = "$[[ inputs.report-dir ]]"
    assert JOB["variables"]["P99_REPORT_DIR"] == folder
    assert JOB["artifacts"] == {
        "when": "always",
        "paths": [f"{folder}/"],
        "reports": {"junit": f"{folder}/junit.xml"},
    }
    used = set(re.findall(r"inputs\.([\w-]+)", str(JOB)))
    assert used == SPEC["spec"]["inputs"].keys()


def test_the_jenkinsfile_installs_the_checkout_and_calls_the_script(tmp_path: Path) -> None:
    (tmp_path / "p99-conformance" / "ci").mkdir(parents=True)
    script = tmp_path / "p99-conformance" / "ci" / "judge.sh"
    script.write_text(SCRIPT, encoding="utf-8")
    script.chmod((CHECKOUT / "ci" / "judge.sh").stat().st_mode)
    (tmp_path / ".p99" / "bin").mkdir(parents=True)
    (tmp_path / ".p99" / "bin" / "pip").symlink_to(tmp_path / "bin" / "pip")
    [shell] = re.findall(r"sh '''(.*?)'''", JENKINS, re.DOTALL)
    given = dict(re.findall(r"(P99_\w+) = '([^']*)'", JENKINS))
    code, calls = called(tmp_path, shell, **given, P99_COMMIT="abc", RUN_ENDS="3")
    assert code == 3
    assert calls == [
        "python|-m|venv|.p99",
        "pip|install|--quiet|./p99-conformance",
        "p99-conformance|run|--target|staging.toml|--require|must|--report-dir|reports|--label|commit=abc",
    ]
    assert JENKINS.count("{") == JENKINS.count("}")


def test_the_image_is_pinned_is_slim_has_no_root_and_copies_what_is_there() -> None:
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base) for base in re.findall(r"^FROM (\S+)", IMAGE, re.M))
    assert int(re.findall(r"^USER (\d+)", IMAGE, re.M)[-1]) > 0
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)", IMAGE, re.M)]
    names = {name for each in copied for name in each}
    assert all((CHECKOUT / name).exists() for name in names)
    build = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = build["tool"]["hatch"]["build"]["targets"]["wheel"]
    project = build["project"]
    needed = {*wheel["packages"], *wheel["force-include"], project["readme"], *project["license-files"]}
    assert needed <= names


def test_each_dependency_of_the_image_is_pinned_to_a_version_that_we_take() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (CHECKOUT / "ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    for each in map(Requirement, project["dependencies"]):
        assert pinned[each.name.lower()] in each.specifier, each


def test_each_command_of_the_page_is_one() -> None:
    text = (CHECKOUT / "docs" / "ci.md").read_text(encoding="utf-8")
    lines = re.findall(r"^(?:- run: | *)p99-conformance (.*)$", text, re.M)
    assert lines
    for line in lines:
        name, *words = shlex.split(line, comments=True)
        command = main.get_command(click.Context(main), name)
        assert command is not None, line
        command.make_context(name, words)
