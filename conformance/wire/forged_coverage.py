"""How much of the table of forged credentials a run has tried, and what it would take to try the rest."""

from collections.abc import Collection
from typing import NamedTuple

from conformance.operations import OPERATIONS, Operation
from conformance.wire.forgery import FORGERIES, Forgery, cell
from conformance.wire.signer import Signer


class Gap(NamedTuple):
    """Cells that were not tried, by name, and what would close the gap."""

    close: str
    cells: tuple[str, ...]


class Coverage(NamedTuple):
    """How many cells were `asked` of all that are `possible`: each forgery on each operation. The rest are `gaps`."""

    asked: int
    possible: int
    gaps: tuple[Gap, ...]


def coverage(asked: Collection[str], caller: Signer, other: Signer | None, *, cancels: bool = True) -> Coverage:
    """What the cells that were `asked` are of the whole table. `cancels`: cancel-all was allowed, with live orders."""
    every = [(cell(forgery, operation), forgery, operation) for forgery in FORGERIES for operation in OPERATIONS]
    gaps: dict[str, list[str]] = {}
    for name, forgery, operation in every:
        if name not in asked:
            gaps.setdefault(_close(forgery, operation, caller, other, cancels), []).append(name)
    told = tuple(Gap(close, tuple(cells)) for close, cells in gaps.items())
    return Coverage(len(every) - sum(len(gap.cells) for gap in told), len(every), told)


def _close(forgery: Forgery, operation: Operation, caller: Signer, other: Signer | None, cancels: bool) -> str:
    """What it would take to try this cell."""
    if lack := forgery.lacks(caller, other):
        return str(lack)
    if operation.changes and not cancels:
        return "--scope full, and a driver that creates live orders"
    return "a run of the checks of forged credentials to their end"
