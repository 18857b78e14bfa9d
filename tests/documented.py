"""The commands in README and docs: how they are found, and in one place which of them no test here runs, and why."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).parent.parent
DOCUMENTS = [*sorted(CHECKOUT.glob("README*.md")), *sorted((CHECKOUT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(p99-conformance [^`\n]+)`")
_COMMENT = re.compile(r"(^|\s+)# .*$", re.MULTILINE)

# Pages whose blocks a test of their own runs, line by line.
RUN_ELSEWHERE = {
    "own-server.md": "tests/pipelines/test_own_server.py",
    "contributing.md": "tests/test_contributing.py, tests/test_quality.py and tests/language/test_messages.py",
}

# What a line begins with, and why it is not run. The words of `p99-conformance` in it are checked all the same.
NOT_RUN = {
    "pip install": "installs from an index",
    "python3 -m venv": "fills an environment from an index, which takes minutes",
    "npx ": "needs the npm registry",
    "npm ": "needs the npm registry",
    "docker ": "needs Docker; tests/pipelines/test_other_pipelines.py reads the Dockerfile",
    "cosign ": "needs the Sigstore service",
    "P99_JWT=any p99-conformance run": "needs the server of the line above it, from the npm registry",
    "python scripts/judge_mocks.py": "needs the npm registry",
    "python benchmarks/": "measures for minutes",
    "python scripts/judge_traffic.py": "records whole runs for hours",
    "python scripts/judge_large.py": "makes and judges hundreds of MB",
    "p99-conformance init": "asks at a terminal; tests/cli/test_init.py answers it",
    "p99-conformance sandbox": "serves until Ctrl-C; tests/sandbox/ runs it",
    "p99-conformance overload": "takes half a minute, or waits for workers; tests/overload/ runs both",
    "p99-conformance prove": "judges hundreds of servers; tests/proving/test_proof.py runs a share of them",
    "p99-conformance run --target staging.toml --explore": "takes its time; tests/cli/test_again.py explores for less",
    "P99_TARGET=staging.toml": "tests/pipelines/test_other_pipelines.py runs it",
    "curl ": "needs the sandbox of the line above it; tests/sandbox/ sends the same requests",
    "p99-conformance run --target staging.toml --only acme": "needs a folder; tests/judging/test_private.py runs it",
    "p99-conformance requirements --target staging.toml": "needs a folder; tests/judging/test_private.py runs it",
    "p99-conformance explain --target staging.toml": "needs a folder; tests/judging/test_private.py runs it",
    "p99-conformance gate reports --skip acme": "needs a folder; tests/judging/test_private.py gates it",
}


class Line(NamedTuple):
    """A command and the name of its document."""

    document: str
    text: str


def lines() -> list[Line]:
    """Every command in a block for the shell."""
    return [
        Line(path.name, line.strip())
        for path in DOCUMENTS
        for block in _BLOCK.findall(path.read_text(encoding="utf-8"))
        for line in _COMMENT.sub("", block.replace("\\\n", " ")).splitlines()
        if line.strip()
    ]


def reason(line: Line) -> str | None:
    """Why no test here runs it; None where one does."""
    if line.document in RUN_ELSEWHERE:
        return RUN_ELSEWHERE[line.document]
    return next((why for start, why in NOT_RUN.items() if line.text.startswith(start)), None)


def commands() -> Iterator[list[str]]:
    """The words behind `p99-conformance`, wherever it is called or quoted with words of its own."""
    quoted = (span for path in DOCUMENTS for span in _SPAN.findall(path.read_text(encoding="utf-8")))
    for text in (*(line.text for line in lines()), *quoted):
        for part in re.split(r" && | > ", text):
            words = shlex.split(part)
            for at, word in enumerate(words):
                if word.rpartition("/")[2] == "p99-conformance" and words[at + 1 : at + 2] not in ([], ["."]):
                    yield words[at + 1 :]
