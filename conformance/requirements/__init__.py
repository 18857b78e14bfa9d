"""The catalogue: what the documents require, under permanent ids, what follows from what, and what is left open."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from types import MappingProxyType
from typing import Any

# The sections of the catalogue, a TOML file for each, with their titles. Reports show them in this order.
SECTIONS: Mapping[str, str] = {
    "order": "The order object",
    "list": "List my orders",
    "cancel": "Cancel all my orders",
    "access": "Access, errors, weights",
    "overload": "Overload",
}

# Requirements of a user, beside the catalogue; `judging/private.py` reads them.
PRIVATE = "private"
TITLES: Mapping[str, str] = {**SECTIONS, PRIVATE: "Private checks"}

# The sections that a command of their own tests, and no run.
COMMANDS: Mapping[str, str] = {"overload": "overload"}
LEVELS = ("must", "implied", "advisory")

# The levels that each value of --require asks for.
LEVELS_REQUIRED = {"none": LEVELS[:0], "must": LEVELS[:1], "implied": LEVELS[:2], "all": LEVELS}

# The keys of an entry whose values are texts. A requirement may also have `why`.
_REQUIREMENT = ("level", "says", "source")
_SILENCE = ("id", "about", "accepted", "why")
_CONSEQUENCE = ("of", "why")


class CatalogueError(ValueError):
    """An entry of the catalogue is wrong. The message names the file, the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. `why`: the reason, if the entry differs from what its source makes a reader expect.

    `causes`: the usual mistakes that make a server break it.
    """

    id: str
    level: str
    says: str
    source: str
    section: str
    causes: tuple[str, ...]
    why: str = ""


def command_of(id: str) -> str | None:
    """The command that tests this requirement; None for `run`."""
    return COMMANDS.get(id.partition(".")[0])


@dataclass(frozen=True, slots=True)
class Silence:
    """A question that the documents leave open, and the answers that are accepted from a target."""

    id: str
    about: str
    accepted: str
    why: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """A violation of `id` may follow from a violation of `of`. `why`: the reason.

    `by_the_same_change`: only if all that its findings show is that orders became what findings of `of` show, too.
    """

    id: str
    of: str
    why: str
    by_the_same_change: bool = False


@cache
def load() -> Mapping[str, Requirement]:
    """The whole catalogue by id, in the order of the sections. Raises CatalogueError."""
    catalogue: dict[str, Requirement] = {}
    for section in SECTIONS:
        for id, entry in _document(section).items():
            if id in catalogue:
                raise CatalogueError(f"{section}.toml: {id} is in the catalogue already")
            catalogue[id] = requirement(id, entry, section, f"{section}.toml: {id}")
    return MappingProxyType(catalogue)


@cache
def silences() -> tuple[Silence, ...]:
    """The questions that the documents leave open, or answer in two ways. Raises CatalogueError."""
    found: dict[str, Silence] = {}
    for entry in _document("silences")["silence"]:
        where = f"silences.toml: {entry.get('id', 'an entry without id')}"
        _check_keys(entry, where, needed=_SILENCE)
        if entry["id"] in found:
            raise CatalogueError(f"{where} is in it already")
        found[entry["id"]] = Silence(**entry)
    return tuple(found.values())


@cache
def consequences() -> tuple[Consequence, ...]:
    """Which violation may follow from which; of several causes, the one to name comes first. Raises CatalogueError."""
    found: dict[tuple[str, str], Consequence] = {}
    for entry in _document("consequences")["consequence"]:
        where = f"consequences.toml: {entry.get('of', 'an entry without of')}"
        entry = dict(entry)
        affected = _texts(entry.pop("affects", None), where, "affects")
        by_the_same_change = entry.pop("by_the_same_change", False)
        if not isinstance(by_the_same_change, bool):
            raise CatalogueError(f"{where}: by_the_same_change has to be true or false")
        _check_keys(entry, where, needed=_CONSEQUENCE)
        for id in affected:
            each = Consequence(id, **entry, by_the_same_change=by_the_same_change)
            _check_consequence(each, where)
            if (id, each.of) in found:
                raise CatalogueError(f"{where} affects {id} already")
            found[id, each.of] = each
    try:
        circles = TopologicalSorter[str]()
        for each in found.values():
            circles.add(each.id, each.of)
        circles.prepare()
    except CycleError as error:
        raise CatalogueError(f"consequences.toml: a circle: {' → '.join(error.args[1])}") from None
    return tuple(found.values())


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """What is counted together in a run's summary: ids by the name of the group, or of their area where they have none.

    Raises CatalogueError.
    """
    found = {name: _texts(ids, "groups.toml", name) for name, ids in _document("groups").items()}
    for id, times in Counter(id for ids in found.values() for id in ids).items():
        if times > 1 or id not in load():
            raise CatalogueError(f"groups.toml: {id} is in {'two groups' if times > 1 else 'no catalogue'}")
    grouped = {id for ids in found.values() for id in ids}
    for id in (id for id in load() if id not in grouped and not command_of(id)):
        area = id.partition(".")[0]
        found[area] = (*found.get(area, ()), id)
    return MappingProxyType(found)


def _check_consequence(each: Consequence, where: str) -> None:
    for id in (each.of, each.id):
        if id not in load():
            raise CatalogueError(f"{where}: there is no requirement {id!r}")
    if load()[each.of].level == "advisory" and load()[each.id].level != "advisory":
        raise CatalogueError(f"{where} is advisory, so {each.id} always counts: take it out of affects")


def requirement(id: str, entry: Mapping[str, Any], section: str, where: str) -> Requirement:
    """One entry of a TOML file as a requirement. Only a private one may lack causes. Raises CatalogueError."""
    entry = dict(entry)
    optional = section == PRIVATE and "causes" not in entry
    causes = () if optional else _texts(entry.pop("causes", None), where, "causes")
    _check_keys(entry, where, needed=_REQUIREMENT, optional=("why",))
    if entry["level"] not in LEVELS:
        raise CatalogueError(f"{where}: the level {entry['level']!r} is none of {', '.join(LEVELS)}")
    return Requirement(id=id, section=section, causes=causes, **entry)


def _texts(value: object, where: str, key: str) -> tuple[str, ...]:
    if not (isinstance(value, list) and value and all(isinstance(each, str) and each.strip() for each in value)):
        raise CatalogueError(f"{where}: {key} has to be a list of texts that are not empty")
    return tuple(value)


def _check_keys(entry: Mapping[str, Any], where: str, needed: Sequence[str], optional: Sequence[str] = ()) -> None:
    known = (*needed, *optional)
    for key, value in entry.items():
        if key not in known:
            raise CatalogueError(f"{where}: unknown key {key!r}; known here: {', '.join(known)}")
        if not isinstance(value, str) or not value.strip():
            raise CatalogueError(f"{where}: {key} has to be a text that is not empty")
    if missing := [key for key in needed if key not in entry]:
        raise CatalogueError(f"{where}: no {', '.join(missing)}")


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


CATALOGUE_VERSION: str = _document("catalogue")["version"]
