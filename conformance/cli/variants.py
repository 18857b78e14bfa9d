"""The faults and twins of the sandbox, by name, and several as one server."""

import random
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from conformance import faults
from conformance.exits import WrongUsage


def variant(name: str) -> faults.Variant:
    """The fault or twin of this name. Raises WrongUsage."""
    catalogued: dict[str, faults.Variant] = {**faults.load(), **faults.twins()}
    if name not in catalogued:
        near = get_close_matches(name, catalogued, n=3)
        named = "`p99-conformance explain REQUIREMENT` names those of a requirement"
        hint = f"did you mean {' or '.join(near)}?" if near else named
        raise WrongUsage(f"there is no fault or twin named {name!r}; {hint}")
    return catalogued[name]


def together_as_one(names: str) -> list[faults.Variant]:
    """The faults and twins of these names, joined by +, that are served as one. Raises WrongUsage."""
    variants = [variant(name) for name in names.split("+")]
    try:
        faults.combined(variants)
    except faults.NotTogether as error:
        raise WrongUsage(str(error)) from None
    return variants


def in_groups(twins: Iterable[faults.Twin], size: int, seed: int) -> list[list[faults.Twin]]:
    """All of them, at most so many in a group that is one server. Another seed brings others together.

    Those of `overload` stay alone: each of them is about the same queue.
    """
    left = list(twins)
    random.Random(seed).shuffle(left)  # noqa: S311 - which of them meet
    groups: list[list[faults.Twin]] = []
    for each in left:
        group = next((group for group in groups if len(group) < size and _can_join(each, group)), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return groups


def _can_join(twin: faults.Twin, group: Sequence[faults.Twin]) -> bool:
    if "overload" in {twin.command, group[0].command}:
        return False
    try:
        faults.combined([*group, twin])
    except faults.NotTogether:
        return False
    return True
