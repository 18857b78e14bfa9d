"""The catalogue: what the documents require, each requirement under its permanent id, and where they are silent."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

CATALOGUE_VERSION = "1.0"

# The sections of the documents, in the order in which reports go through them.
SECTIONS = ("order", "list", "cancel", "access")
LEVELS = ("must", "implied", "advisory")


class CatalogueError(ValueError):
    """An entry of the catalogue that is not as it should be; says which file, which entry and what."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. `why` is the reason where the entry departs from what one would expect of its source."""

    id: str
    level: str
    says: str
    source: str
    section: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Something that the documents leave open, and what is accepted of a target there."""

    id: str
    about: str
    accepted: str
    why: str


@cache
def load() -> Mapping[str, Requirement]:
    """The whole catalogue by id, section after section. Raises CatalogueError."""
    catalogue: dict[str, Requirement] = {}
    for section in SECTIONS:
        for id, entry in _document(section).items():
            if id in catalogue:
                raise CatalogueError(f"{section}.toml: {id} is in the catalogue already")
            catalogue[id] = _requirement(id, entry, section)
    return MappingProxyType(catalogue)


@cache
def silences() -> tuple[Silence, ...]:
    """Where the documents are silent or disagree."""
    return tuple(Silence(**entry) for entry in _document("silences")["silence"])


def _requirement(id: str, entry: Mapping[str, Any], section: str) -> Requirement:
    try:
        requirement = Requirement(id=id, section=section, **entry)
    except TypeError as error:
        raise CatalogueError(f"{section}.toml: {id}: {error}") from None
    if requirement.level not in LEVELS:
        raise CatalogueError(f"{section}.toml: {id}: the level {requirement.level!r} is none of {', '.join(LEVELS)}")
    return requirement


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
