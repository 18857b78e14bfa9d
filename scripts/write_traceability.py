"""Writes docs/traceability.md: each sentence of the two documents, and the requirements that carry it.

    python scripts/write_traceability.py
    python scripts/write_traceability.py --documents FOLDER

All of it is taken from the catalogue (conformance/requirements/). A test holds that the page is what this script
writes. With --documents it writes nothing, and compares the sentences of the catalogue with the documents themselves,
FOLDER/list-orders.zh.txt and FOLDER/cancel-all.zh.txt, which are not part of this repository.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from conformance import requirements
from conformance.requirements.sentences import DOCUMENTS, Sentence, carriers, sentences

PAGE = Path(__file__).parent.parent / "docs" / "traceability.md"

HEAD = """# The documents, sentence by sentence

`scripts/write_traceability.py` writes this page from the catalogue, `conformance/requirements/`. It shows each
sentence of the two documents in its own words, and the requirements that carry it. What an example shows is told in
English. Where a sentence asks nothing of a server, the reason is given. The command `p99-conformance requirements`
tells what each requirement says.
"""

ASIDE = re.compile(r"[\s·]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def page() -> str:
    """The page's text."""
    normative = [each for each in sentences() if each.carried_by]
    carried = [id for id, told in carriers().items() if told]
    counted = (
        f"{len(normative)} of {len(sentences())} sentences and examples ask something of a server; "
        f"{len(carried)} of {len(carriers())} requirements carry them.\n"
    )
    parts = [HEAD, counted]
    for document in DOCUMENTS:
        parts += [f"## {document}\n", *_places([each for each in sentences() if each.document == document])]
    parts += ["## Requirements that no sentence asks for\n", _table(("requirement", "level", "source"), _unasked())]
    return "\n".join(parts)


def _places(told: Sequence[Sentence]) -> Iterator[str]:
    for section, each in groupby(told, key=lambda sentence: sentence.place.partition(",")[0]):
        yield f"### {section}\n"
        yield _table(("sentence", "carried by", "left open"), map(_row, each))


def _row(each: Sentence) -> tuple[str, str, str]:
    by = ", ".join(f"`{id}`" for id in each.carried_by) or f"nothing: {each.reason[0].lower()}{each.reason[1:]}"
    return each.text or f"(example) {each.shows}", by, ", ".join(f"`{id}`" for id in each.leaves_open)


def _unasked() -> Iterator[tuple[str, str, str]]:
    for id, told in carriers().items():
        if not told:
            entry = requirements.load()[id]
            yield f"`{id}`", entry.level, entry.source


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def differences(document: str, text: str) -> list[str]:
    """Where a document and its sentences part. Lines without Chinese are examples and samples, and left out."""
    theirs = ASIDE.sub("", "".join(line for line in text.splitlines() if CHINESE.search(line)))
    ours = "".join(ASIDE.sub("", each.text) for each in sentences() if each.document == document)
    if ours == theirs:
        return []
    here = next((at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(ours), len(theirs)) if here is None else here
    return [f"{document}: the catalogue has {ours[at : at + 40]!r}, the document {theirs[at : at + 40]!r}"]


def main() -> None:
    """Write the page, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=Path, help="compare the sentences with the documents in this folder")
    folder = parser.parse_args().documents
    if folder is None:
        PAGE.write_text(page(), encoding="utf-8")
        return
    found = [
        each
        for document in DOCUMENTS
        for each in differences(document, (folder / f"{document}.zh.txt").read_text(encoding="utf-8"))
    ]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
