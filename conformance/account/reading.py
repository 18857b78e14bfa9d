"""The records of an answer: the orders among them, and what is wrong with the rest.

What cannot be read is a violation, and hides nothing else: the other records are judged as if it were not there.
"""

import codecs
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from conformance import contract
from conformance.account.blame import charge
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.records import Reading, read, read_array
from conformance.orders import Order
from conformance.verdict import Breach
from conformance.wire.answers import decoded, start
from conformance.wire.client import Answer

Complete = Callable[[Reading], Order | None]
"""What order a record is; None where it cannot be read."""


def by_itself(reading: Reading) -> Order | None:
    """The order, by what its record says alone."""
    return reading.order


class Records(NamedTuple):
    """The orders of an answer, and the ids of the records that cannot be read.

    "" where an order has no id; None for what has nothing of an order, as null.
    """

    orders: tuple[Order, ...]
    unread: tuple[str | None, ...] = ()


def of_list(
    answer: Answer, observations: Observations, not_json: str, complete: Complete = by_itself
) -> Records | None:
    """The records of a list; None where it is no list. What is wrong with it is reported.

    `not_json`: what a body that is no JSON breaks; that is raised as a Violation.
    """
    _judge_media_type(answer.exchange, observations)
    readings = read_array(answer.body)
    if readings is not None:
        observations.count({"list.array": 1})
        return _records(readings, answer.exchange, observations, complete)
    document = _json(answer, observations, not_json, "list.array-json")
    breaches = contract.list_breaches(document)
    observations.report(breaches, answer.exchange)
    records = _array_in(document)
    if records is None:
        return None
    if not breaches:
        observations.count({"list.array": 1})
    return _each(records, answer.exchange, observations, complete)


def _judge_media_type(exchange: Exchange, observations: Observations) -> None:
    """Judge what the list is called. That it has no name, a recording may have dropped."""
    served_as = exchange.header("content-type").lower()
    if served_as and "json" not in served_as:
        observations.report([Breach("Content-Type application/json", served_as, "list.array-json")], exchange)
    elif served_as:
        observations.count({"list.array-json": 1})


def of_cancel_all(
    answer: Answer, observations: Observations, requirement: str, empty: str, complete: Complete = by_itself
) -> Records:
    """The records that a cancel-all returned. What is wrong with its form breaks this requirement; if there are none,
    that of an `empty` answer.

    Raises Violation where they are not there at all.
    """
    document = _json(answer, observations, requirement, requirement)
    enveloped = isinstance(document, Mapping) and "canceled" in document
    records = _array_in(document["canceled"] if enveloped else document)
    requirement = requirement if records or records is None else empty
    breaches = charge(contract.canceled_breaches(document), requirement)
    observations.report(breaches, answer.exchange, raising=records is None)
    if not breaches:
        observations.count({requirement: 1})
    return _each(records or (), answer.exchange, observations, complete)


def _json(answer: Answer, observations: Observations, requirement: str, of_mark: str) -> Any:
    """The JSON value of the body, or of what stands behind a byte order mark, which breaks `of_mark`.

    Raises Violation if there is none, which breaks the `requirement`.
    """
    try:
        return contract.decode(answer.body)
    except contract.NotJson as problem:
        unmarked = answer.body.removeprefix(codecs.BOM_UTF8)
        meant = decoded(unmarked) if unmarked != answer.body else None
        broken = requirement if meant is None else of_mark
        breach = Breach("a JSON body", f"{problem}: {start(answer)}", broken)
        observations.report([breach], answer.exchange, raising=meant is None)
        return meant


def _array_in(document: Any) -> Sequence[Any] | None:
    """The array that a body stands for: none, one in a text, the only one in an object, or that of a bare order, or of
    orders that stand in an object by their ids.
    """
    if document is None or document == {}:
        return ()
    if isinstance(document, str):
        document = decoded(document)
    if isinstance(document, Mapping):
        if all(read(each).order is not None for each in document.values()):
            return list(document.values())
        if read(document).order is not None:
            return [document]
        alone = len(document) == 1
        arrays = [each for each in document.values() if isinstance(each, list) and (alone or _holds_records(each))]
        return arrays[0] if len(arrays) == 1 else None
    return document if isinstance(document, list) else None


def _holds_records(array: Sequence[Any]) -> bool:
    return bool(array) and all(isinstance(each, Mapping) for each in array)


def _each(records: Sequence[Any], exchange: Exchange, observations: Observations, complete: Complete) -> Records:
    found = _records([read(each) for each in records if isinstance(each, Mapping)], exchange, observations, complete)
    strays = sum(not isinstance(each, Mapping) for each in records)
    return found._replace(unread=(*found.unread, *[None] * strays))


def _records(
    readings: Sequence[Reading], exchange: Exchange, observations: Observations, complete: Complete
) -> Records:
    observations.count(Counter(chain.from_iterable(reading.saw for reading in readings)))
    for reading in readings:
        if reading.breaches:
            observations.report(reading.breaches, exchange)
    orders = [complete(reading) for reading in readings]
    unread = tuple(reading.id for reading, order in zip(readings, orders, strict=True) if order is None)
    return Records(tuple(order for order in orders if order is not None), unread)
