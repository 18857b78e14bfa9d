"""The report directory."""

import json
import os
from pathlib import Path

from conformance.reporting.har import har
from conformance.reporting.html import html
from conformance.reporting.junit import junit_xml
from conformance.reporting.markdown import markdown
from conformance.results import Results

RESULTS_JSON = "results.json"
JUNIT_XML = "junit.xml"
REPORT_HTML = "report.html"
SUMMARY_MD = "summary.md"
EXCHANGES_HAR = "exchanges.har"
NAMES = (REPORT_HTML, SUMMARY_MD, RESULTS_JSON, JUNIT_XML, EXCHANGES_HAR)


def write(results: Results, folder: Path) -> list[Path]:
    """Write every report of the run into the folder, each replaced as a whole; returns their paths. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        RESULTS_JSON: json.dumps(results.to_json(), indent=2, ensure_ascii=False) + "\n",
        JUNIT_XML: junit_xml(results),
        REPORT_HTML: html(results),
        SUMMARY_MD: markdown(results),
        EXCHANGES_HAR: har(results),
    }
    return [_replace(folder / name, text) for name, text in texts.items()]


def _replace(path: Path, text: str) -> Path:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    # Half a surrogate pair, which a target can send, has no UTF-8; its escape means the same in JSON.
    unfinished.write_text(text, encoding="utf-8", errors="backslashreplace")
    unfinished.replace(path)
    return path
