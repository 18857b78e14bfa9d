"""How every command ends that has judged something: what is printed, what GitHub is told, and the exit code."""

import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from conformance.cli.output import output, said
from conformance.reporting import terminal
from conformance.reporting.annotations import annotations
from conformance.reporting.markdown import markdown
from conformance.reporting.terminal import Detail
from conformance.results import Results


def end(results: Results, folder: Path, detail: Detail | None) -> NoReturn:
    """Print the results, whose reports are in the folder, and exit with their code."""
    with said(lambda: terminal.summary(results, folder, detail="quiet").strip()):
        if os.environ.get("GITHUB_ACTIONS") == "true":
            _tell_github(results)
        terminal.show(output(), results, folder, detail or "normal")
    sys.exit(results.exit_code)


def _tell_github(results: Results) -> None:
    """Print annotations, and add to the summary of the job."""
    for line in annotations(results):
        click.echo(line)
    with contextlib.suppress(OSError, KeyError):
        summary = Path(os.environ["GITHUB_STEP_SUMMARY"])
        with summary.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{markdown(results)}\n")
