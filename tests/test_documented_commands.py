"""Every command that README and docs show is run, or listed with its reason in tests/documented.py."""

import io
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import replace
from pathlib import Path

import click
import pytest

from conformance import cli
from conformance.judging import found as found_file
from conformance.judging.found import Found
from conformance.reporting import files
from conformance.results import Finding, Results, load
from conformance.sandbox import Sandbox
from conformance.verdict import Verdict
from tests.documented import CHECKOUT, DOCUMENTS, NOT_RUN, RUN_ELSEWHERE, commands, lines, reason
from tests.runs import run, run_each
from tests.sandboxes import profile_in

# A run is cut to one check of few requests: whole runs are tested elsewhere.
QUICK = "start_is_inclusive"
WAIVER = """[[waiver]]
requirement = "list.start"
target = "sandbox"
owner = "us"
reason = "agreed"
expires = 2099-12-31
"""

# What ends otherwise than with 0 here, and why.
ENDS = {
    "p99-conformance run --target staging.toml --require must": 3,  # one check does not test every must
    "p99-conformance gate reports --waivers": 3,
    "p99-conformance gate reports --baseline": 1,  # these reports have a violation
    "p99-conformance gate build-1.4.2.seal.tar": 1,
    "p99-conformance compare": 1,
}

RUN = [line for line in lines() if reason(line) is None]
# One profile is as good as another here.
OURS = list(
    dict.fromkeys(
        re.sub(r"--target \w+\.toml", "--target staging.toml", line.text)
        for line in RUN
        if line.text.startswith("p99-conformance ")
    )
)
OTHERS = list(dict.fromkeys(line.text for line in RUN if not line.text.startswith("p99-conformance ")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the commands want to be there: profiles of a served sandbox, reports, waivers."""
    folder = tmp_path_factory.mktemp("documented")
    with profile_in(folder, Sandbox()) as profile:
        shutil.copy(profile, folder / "staging.toml")
        done = run(folder, "--target", profile, "-k", QUICK)
        assert done.code == 0, done.printed
        clean = Results.from_json(done.results)
        for name in ("last-release", "europe", "asia", "monday", "tuesday", "wednesday", "lane-a", "lane-b"):
            files.write(clean, folder / name)
        shutil.copy(folder / "europe" / "results.json", folder / "main.json")
        (folder / "waivers.toml").write_text(WAIVER, encoding="utf-8")
        yield folder


@pytest.fixture(scope="module")
def shell(folder: Path) -> str:
    """What the other lines print: they need what a Unix has, or are Python, which is run here to save time."""
    for tool in ("bash", "openssl", "sha256sum"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} on this machine")
    (folder / "conformance").symlink_to(CHECKOUT / "conformance")
    python = [text for text in OTHERS if text.startswith("python -c ")]
    script = "\n".join(text for text in OTHERS if text not in python)
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    with redirect_stdout(io.StringIO()) as printed, chdir(folder):
        for text in python:
            exec(shlex.split(text)[2], {})
    return done.stdout + printed.getvalue()


def violated(folder: Path) -> None:
    """Reports of a run that found a violation."""
    clean = load(folder / "europe" / "results.json")
    found = Finding("no older order", "one", "", f"test_list_filters::test_{QUICK}")
    bad = (
        replace(each, verdict=Verdict.FAIL, reason="want no older order; got one", findings=(found,))
        if each.id == "list.start"
        else each
        for each in clean.requirements
    )
    files.write(replace(clean, requirements=tuple(bad)), folder / "reports")
    told = [Found(found.check, "list.start", 0, exploring=False)]
    found_file.write(folder / "reports" / "found.json", told, target="sandbox", versions=clean.versions)


def test_the_digests_of_a_report_can_be_made_again_by_hand(folder: Path, shell: str) -> None:
    configuration = load(folder / "europe" / "results.json").configuration
    assert {configuration[name] for name in ("catalogue", "suite", "profile")} <= set(shell.split())
    assert configuration["contract"] in shell


@pytest.mark.usefixtures("shell")
def test_our_own_commands_do_what_is_written(folder: Path) -> None:
    def words(text: str) -> list[str]:
        given = shlex.split(text.partition(" > ")[0])[1:]
        quick = ["-k", QUICK, "--report-dir", "out"] if "run" in given[:3] else []
        return [*given, *quick]

    violated(folder)
    ended = run_each(folder, [words(text) for text in OURS])
    due = [next((code for start, code in ENDS.items() if text.startswith(start)), 0) for text in OURS]
    assert dict(zip(OURS, ended.codes, strict=True)) == dict(zip(OURS, due, strict=True)), ended.printed


@pytest.mark.parametrize("words", [*dict.fromkeys(map(tuple, commands()))], ids=" ".join)
def test_every_command_has_the_options_that_are_written(words: tuple[str, ...]) -> None:
    name, *rest = words[2:] if words[0] == "--lang" else words
    command = cli.main.get_command(click.Context(cli.main), name)
    assert command is not None, f"there is no command {name}"
    if rest:  # else it is only named
        command.make_context(name, rest)


def test_nothing_is_listed_in_vain() -> None:
    texts = [line.text for line in lines() if line.document not in RUN_ELSEWHERE]
    assert [start for start in NOT_RUN if not any(text.startswith(start) for text in texts)] == []
    assert [start for start in ENDS if not any(text.startswith(start) for text in OURS)] == []
    named = re.findall(r"tests/[\w/]+(?:\.py)?", " ".join([*NOT_RUN.values(), *RUN_ELSEWHERE.values()]))
    assert [path for path in named if not (CHECKOUT / path).exists()] == []


def test_a_script_or_benchmark_that_is_named_is_there() -> None:
    texts = (path.read_text(encoding="utf-8") for path in DOCUMENTS)
    named = {path for text in texts for path in re.findall(r"\b(?:scripts|benchmarks)/\w+\.py", text)}
    assert named
    assert [path for path in named if not (CHECKOUT / path).exists()] == []
