"""The catalogue of Chinese messages: what of it is missing or stale, and its compiled form.

python scripts/messages.py             # tells what is missing or stale; exit 1 if anything is
python scripts/messages.py update      # enters what is missing, to be translated, and removes what is stale
python scripts/messages.py compile     # writes the .mo, as building the package does
"""

import os
import re
import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = Path("conformance/language/locale/zh/LC_MESSAGES")
HEADER = "# What a reader meets, in Chinese. scripts/messages.py says what is missing.\n#"


def read(checkout: Path = CHECKOUT) -> Catalog:
    """The catalogue as it stands."""
    with (checkout / FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="zh")


@cache
def found() -> dict[str, set[str]]:
    """Every message of the sources, with its files."""
    sys.path.insert(0, str(CHECKOUT))
    from conformance.language.extraction import messages
    from conformance.language.listed import CLICK

    return {**messages(CHECKOUT / "conformance"), **{each: {"click"} for each in CLICK}}


def missing_and_stale(catalogue: Catalog) -> tuple[list[str], list[str]]:
    """The messages without a translation, and the translations without a message."""
    wanted = found()
    translated = {message.id: message.string for message in catalogue if message.id}
    missing = sorted(id for id in wanted if not translated.get(id))
    return missing, sorted(set(translated) - set(wanted))


def wrong_gaps(catalogue: Catalog) -> list[str]:
    """The messages whose translation has other gaps."""
    gaps = re.compile(r"\{[^{}]*\}")
    named = [each for each in catalogue if each.id and each.string]
    return [each.id for each in named if set(gaps.findall(each.id)) != set(gaps.findall(each.string))]


def update(catalogue: Catalog) -> None:
    """Write the catalogue anew: all messages of the sources, with the translations that there are."""
    translated = {message.id: message.string for message in catalogue}
    fresh = Catalog(locale="zh", fuzzy=False, header_comment=HEADER, project="p99-conformance")
    fresh.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")]
    for id, files in sorted(found().items(), key=lambda each: (min(each[1]), each[0])):
        fresh.add(id, translated.get(id, ""), auto_comments=[", ".join(sorted(files))])
    with (CHECKOUT / FOLDER / "messages.po").open("wb") as file:
        write_po(file, fresh, width=0, omit_header=False)


def compile(checkout: Path = CHECKOUT) -> Path:
    """Write the .mo beside its source."""
    path = checkout / FOLDER / "messages.mo"
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        write_mo(file, read(checkout))
    return unfinished.replace(path)


def main(command: str = "check") -> int:
    """Do what the command says."""
    catalogue = read()
    if command == "update":
        update(catalogue)
        catalogue = read()
    compile()
    missing, stale = missing_and_stale(catalogue)
    gaps = wrong_gaps(catalogue)
    for title, ids in (("missing", missing), ("stale", stale), ("other gaps", gaps)):
        for id in ids:
            print(f"{title}: {id!r}")  # noqa: T201
    return int(bool(missing or stale or gaps))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
