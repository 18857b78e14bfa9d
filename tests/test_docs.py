"""What README.md and docs/ name is there: files, folders and links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented import DOCUMENTS
from tests.test_walls import FLOORS

CHECKOUT = Path(__file__).parent.parent
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)

# Paths may leave out the name of the package, as those of docs/architecture.md do.
PACKAGE = CHECKOUT / "conformance"

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:[\w.-]+/)+(?:[\w.-]+)?|[\w-]+\.(?:py|md|toml|yaml)")
LINK = re.compile(r"\]\(([^)#]+)\)")
ADDED = re.compile(r"^New file `([^`]+)`", re.MULTILINE)


def named(text: str) -> Iterator[str]:
    """What stands in backticks, outside blocks of code, and looks like a path of this repository."""
    added = set(ADDED.findall(text))
    for word in IN_BACKTICKS.findall(FENCED.sub("", text)):
        if PATH.fullmatch(word) and word not in added:
            yield word


def is_there(path: str) -> bool:
    """Whether the path is in the checkout, or is what a run writes."""
    return path.startswith(("reports/", "history/")) or any((folder / path).exists() for folder in (CHECKOUT, PACKAGE))


@EACH
def test_paths_are_there(document: Path) -> None:
    assert [path for path in named(document.read_text(encoding="utf-8")) if not is_there(path)] == []


@EACH
def test_links_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_a_path_that_is_not_there_is_seen() -> None:
    text = "`tests/nowhere/`, `verdict.py`, `limit=5`, `GET /spot/orders`, `p99-conformance`\n\n```sh\n`a/b`\n```\n"
    assert list(named(text)) == ["tests/nowhere/", "verdict.py"]
    assert [path for path in named(text) if not is_there(path)] == ["tests/nowhere/"]


def test_the_documentation_shows_the_floors() -> None:
    table = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("| floor |")[2]
    rows = [line.split("|")[1] for line in table.partition("\n\n")[0].splitlines()[2:]]
    assert [{name.rstrip("/") for name in re.findall(r"`([^`]+)`", row)} for row in rows] == list(FLOORS)
