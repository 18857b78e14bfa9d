"""Reads records, and applies the contract and the rules over one order to each. Each distinct record is read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from conformance import contract, every_answer, spelled
from conformance.oracle.laws import LAWS
from conformance.orders import FIELDS, KNOWN_BY, NEEDED, Order
from conformance.verdict import Breach

# A run sees a few thousand distinct records, each on dozens of pages.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The order (None: the record cannot be read by itself), its id, and the breaches.

    `id`: "" where it has none, None where the record has nothing of an order. `saw`: the requirements that it was found
    right by, each as often as it was tested. `part`: the order as far as it can be read; None where it is none.
    `meant`: the record as the documents would have it.
    """

    order: Order | None
    saw: tuple[str, ...]
    breaches: tuple[Breach, ...]
    id: str | None = None
    part: Order | None = None
    meant: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lacks(self) -> frozenset[str]:
        """What cannot be read, of that which an order has to have to be judged."""
        return NEEDED & self.part.unread if self.part else frozenset()

    def order_with(self, otherwise: Mapping[str, Any]) -> Order | None:
        """The order, if these are values of what cannot be read. Its status may be unknown all the same."""
        if self.part is None or not self.lacks:
            return self.order
        order = Order.from_json(self.meant, self.part.sent, otherwise, partly=True)
        return order if order.unknown.isdisjoint(KNOWN_BY) else None


def read(record: Any) -> Reading:
    """Read one decoded JSON value in the place of an order."""
    return _read(repr(record), _Unhashed(record))


def read_array(body: bytes) -> list[Reading] | None:
    """Read a body that is an array of records. None where it has to be decoded as a whole, to see what it is.

    Most pages show what others have shown before, byte for byte, and that is not even decoded again.
    """
    texts = contract.objects_of(body)
    try:
        return None if texts is None else [_read_text(text) for text in texts]
    except contract.NotJson:
        return None


@lru_cache(_REMEMBERED)
def _read_text(text: bytes) -> Reading:
    return read(contract.decode(text))


class _Unhashed:
    """Passes the record to the cached function without being part of the key: only the text of the record is."""

    def __init__(self, record: Any) -> None:
        self.record = record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed)

    def __hash__(self) -> int:
        return 0


@lru_cache(_REMEMBERED)
def _read(_text: str, carried: _Unhashed) -> Reading:
    breaches = contract.order_breaches(carried.record)
    broken = {breach.requirement for breach in breaches}
    saw = tuple(requirement for requirement in every_answer.OF_RECORDS if requirement not in broken)
    meant = spelled.meant(carried.record)
    if not isinstance(meant, Mapping) or meant.keys().isdisjoint(FIELDS):
        return Reading(None, saw, breaches)
    part = Order.from_json(meant, carried.record, partly=True)
    judgement = LAWS.judge(part)
    saw, breaches = (*saw, *judgement.saw.elements()), (*breaches, *judgement.breaches)
    order = part if part.unknown.isdisjoint(NEEDED) else None
    return Reading(order, saw, breaches, "" if "id" in part.unknown else part.id, part, meant)
