"""Requirements by their ids: those of the suite, and the private ones of a profile."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import click

from conformance import requirements
from conformance.exits import WrongUsage
from conformance.requirements import Requirement

target: Callable[[Any], Any] = click.option(
    "--target",
    type=click.Path(path_type=Path),
    metavar="PROFILE.toml",
    help="A profile: the requirements of its private checks, too.",
)


class Own(NamedTuple):
    """Private requirements by id, for each the names of its checks, and what each check says of itself."""

    requirements: Mapping[str, Requirement] = {}
    judged_by: Mapping[str, list[str]] = {}
    descriptions: Mapping[str, str] = {}


def private_of(profile: Path | None) -> Own:
    """The private requirements that the profile has. Raises ProfileError."""
    if profile is None:
        return Own()
    from conformance.judging import private  # here, since without a profile the command answers at once
    from conformance.profile import loader

    found = private.load(loader.checks_of(profile))
    return Own(found.requirements, found.judged_by, found.descriptions)


def entry(id: str, own: Own = Own()) -> Requirement:  # noqa: B008 - it never changes
    """The requirement of this id. Raises WrongUsage."""
    entries = {**requirements.load(), **own.requirements}
    if id not in entries:
        near = get_close_matches(id, entries, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`p99-conformance requirements` lists them"
        raise WrongUsage(f"there is no requirement {id!r}; {hint}")
    return entries[id]
