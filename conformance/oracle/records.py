"""Reads a record, and applies the contract and the rules over one order to it. Each distinct record is read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance import contract, every_answer
from conformance.oracle.laws import LAWS
from conformance.orders import Order, Unreadable
from conformance.verdict import Breach

# A run sees a few thousand distinct records, each on dozens of pages.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The order (None: the record cannot be read), how often each requirement was tested, and the breaches."""

    order: Order | None
    saw: Mapping[str, int]
    breaches: tuple[Breach, ...]


def read(record: Any) -> Reading:
    """Read one decoded JSON value in the place of an order."""
    return _read(repr(record), _Unhashed(record))


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
    saw = {requirement: 1 for requirement in every_answer.OF_RECORDS if requirement not in broken}
    try:
        order = Order.from_json(carried.record)
    except Unreadable:
        return Reading(None, saw, breaches)
    judgement = LAWS.judge(order)
    for requirement, count in judgement.saw.items():
        saw[requirement] = saw.get(requirement, 0) + count
    return Reading(order, saw, (*breaches, *judgement.breaches))
