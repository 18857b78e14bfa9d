"""The report directory."""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from conformance.reporting.ctrf import ctrf
from conformance.reporting.har import har
from conformance.reporting.html import html
from conformance.reporting.junit import junit_xml
from conformance.reporting.markdown import markdown
from conformance.reporting.statement import of_run
from conformance.results import Results, load
from conformance.verdict import Verdict


def results_json(results: Results) -> str:
    """The run as JSON, for programs; `schemas/results.json` describes it."""
    return json.dumps(results.to_json(), indent=2, ensure_ascii=False) + "\n"


# Every report of a run: its file, and the function that writes its text. The terminal names the files in this order.
FORMATS: Mapping[str, Callable[[Results], str]] = {
    "report.html": html,
    "summary.md": markdown,
    "results.json": results_json,
    "junit.xml": junit_xml,
    "ctrf.json": ctrf,
    "exchanges.har": har,
}

# Beside them lies what binds them together: an in-toto statement with the digest of each.
STATEMENT = "statement.json"
NAMES = (*FORMATS, STATEMENT)


def remove(folder: Path) -> None:
    """Remove the reports of an earlier run, so that nobody takes them for those of one that was killed."""
    with contextlib.suppress(OSError):  # what cannot be removed cannot be written either, and that is told
        for name in (*NAMES, "gate-statement.json"):  # what a gate said was of those reports
            (folder / name).unlink(missing_ok=True)


def keeps(results: Results, folder: Path) -> bool:
    """Whether the folder keeps the reports of an earlier run: that judged something, and this one judged nothing."""
    if _judged(results):
        return False
    try:
        return _judged(load(folder / "results.json"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def _judged(results: Results) -> bool:
    return bool(results.with_verdict(Verdict.PASS) or results.with_verdict(Verdict.FAIL))


def save(results: Results, folder: Path) -> Results:
    """Write the reports, unless the folder keeps those of an earlier run. The results, with why that was not possible:
    a full disk does not take the verdict.
    """
    try:
        if not keeps(results, folder):
            write(results, folder)
    except OSError as error:
        unwritten = f"{error.strerror or error} ({error.filename or folder})"
        return replace(results, mishaps=replace(results.mishaps, unwritten=unwritten))
    return results


def write(results: Results, folder: Path) -> list[Path]:
    """Write every report of the run into the folder, each replaced as a whole; returns their paths.

    Raises OSError once those are written that can be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # All texts first: if one cannot be made, no file is replaced.
    texts = {name: text_of(results) for name, text_of in FORMATS.items()}
    texts[STATEMENT] = of_run(results, {name: encoded(text) for name, text in texts.items()})
    written, failed = [], None
    for name, text in texts.items():
        try:
            written.append(put(folder / name, text))
        except OSError as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return written


def encoded(text: str) -> bytes:
    """The text as it stands in a file. Half a surrogate pair, which a target can send, has no UTF-8; its escape means
    the same in JSON.
    """
    return text.encode("utf-8", "backslashreplace")


def put(path: Path, text: str) -> Path:
    """Write the text into the file, which is replaced as a whole. Raises OSError, and then leaves nothing."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(encoded(text))
        return unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
