"""What the two documents say, sentence by sentence, and the requirements that carry each sentence."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from conformance import requirements
from conformance.requirements import CatalogueError

DOCUMENTS = ("list-orders", "cancel-all")
_KEYS = {"document", "place", "text", "shows", "carried_by", "reason", "leaves_open"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, by its `text`; or what an example `shows`.

    `carried_by`: the requirements that hold a server to it; `reason`: why there are none. `leaves_open`: the silences
    that are about it.
    """

    document: str
    place: str
    text: str = ""
    shows: str = ""
    carried_by: tuple[str, ...] = ()
    reason: str = ""
    leaves_open: tuple[str, ...] = ()


@cache
def sentences() -> tuple[Sentence, ...]:
    """All sentences, as the documents order them. Raises CatalogueError."""
    text = files("conformance.requirements").joinpath("sentences.toml").read_text(encoding="utf-8")
    return tuple(_sentence(entry) for entry in tomllib.loads(text)["sentence"])


def carriers() -> Mapping[str, tuple[Sentence, ...]]:
    """For each requirement of the catalogue: the sentences that it carries."""
    return {id: tuple(each for each in sentences() if id in each.carried_by) for id in requirements.load()}


def _sentence(entry: Mapping[str, Any]) -> Sentence:
    where = f"sentences.toml: {entry.get('text') or entry.get('shows') or 'a sentence without text'}"
    if unknown := entry.keys() - _KEYS:
        raise CatalogueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    if entry.get("document") not in DOCUMENTS or not entry.get("place"):
        raise CatalogueError(f"{where}: it needs a place, and a document, one of {', '.join(DOCUMENTS)}")
    for one, other in (("text", "shows"), ("carried_by", "reason")):
        if bool(entry.get(one)) == bool(entry.get(other)):
            raise CatalogueError(f"{where}: it needs either {one} or {other}")
    known = {"carried_by": set(requirements.load()), "leaves_open": {each.id for each in requirements.silences()}}
    lists = {key: tuple(entry.get(key, ())) for key in known}
    for key, ids in lists.items():
        if missing := [id for id in ids if id not in known[key]]:
            raise CatalogueError(f"{where}: {key} names {', '.join(missing)}, which the catalogue does not have")
    return Sentence(**{**entry, **lists})
