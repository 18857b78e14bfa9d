"""Requests with a good signature and a parameter that it does not cover: nothing may act on that."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from conformance.naming import count
from conformance.operations import CANCEL_ALL, LIST
from conformance.oracle.listing import FILTERED, matches, page_size
from conformance.oracle.records import read
from conformance.orders import Order, Query
from conformance.scenarios.attempts import attempt
from conformance.scenarios.forged_requests import sent, sent_alone
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NotObserved, Violation
from conformance.wire.answers import decoded
from conformance.wire.client import Answer
from conformance.wire.forgery import added_in_front, behind_the_signature


def list_appended(stage: Stage) -> None:
    """Ask for a list with a parameter behind the signature, with each that tells, and with one that is signed with
    another value: a 4xx, or the list as it is without what is not signed. Raises Violation, and NotObserved where none
    tells.
    """
    plain = stage.caller.list(credential="api-key")
    telling = (each for each in _one_by_one(plain.orders) if _tell(plain.orders, each))
    alone = [each for each in telling if not _answers(each, plain.orders)]
    if not alone:
        raise NotObserved("needs two orders on a page")
    asked = [(behind_the_signature(urlencode(each.pairs())), "", None) for each in alone]
    # Some read the first of two values, and verify the last; or let a parameter that is signed be said again.
    alone += [Query(limit=1)] * 2
    asked += [(added("limit=1"), "limit=2", None) for added in (added_in_front, behind_the_signature)]
    for query, answer in zip(alone, sent(stage, LIST, asked), strict=True):
        document = decoded(answer.body)
        if answer.status != 200 or not isinstance(document, list):
            continue
        orders = [order for order in (read(record).order for record in document) if order is not None]
        if len(orders) == len(document) and _tell(orders, query) and _answers(query, orders):
            want = f"a 4xx, or what a list shows without {query}, which is not signed"
            breach = Breach(want, f"{count(len(orders), 'order')}, as {query} asks for")
            raise Violation(breach, plain.exchange, answer.exchange)


def _one_by_one(orders: Sequence[Order]) -> Iterator[Query]:
    """Lists with one parameter each, with values of an order in the middle of these, as far as they can be read."""
    if not orders:
        return
    some = orders[len(orders) // 2]
    alone = {"symbol": "symbol", "status": "status", "start": "created_at", "end": "created_at"}
    for name, field in alone.items():
        if field not in some.unread:
            value: dict[str, Any] = {name: getattr(some, field)}
            yield Query(**value)
    yield Query(limit=1)


def _tell(orders: Sequence[Order], query: Query) -> bool:
    """Whether it can be read of each of them whether it passes the query."""
    fields = {field for name, _ in query.pairs() for field in FILTERED.get(name, ())}
    return all(order.unread.isdisjoint(fields) for order in orders)


def _answers(query: Query, orders: Sequence[Order]) -> bool:
    """Whether these may be what the query asks for."""
    return len(orders) <= page_size(query.limit) and all(matches(query, order) for order in orders)


def cancel_appended(stage: Stage, parameter: str) -> None:
    """Say cancel-all with a parameter behind the signature: nothing is canceled, or what would be without it."""
    before = stage.view.believed()
    forged = behind_the_signature(parameter)

    def canceled_a_part(answer: Answer) -> list[Breach]:
        after = stage.view.believed()
        live = {order.id for order in before.live()}
        left = live & {order.id for order in after.live()}
        if not left or not any(after.orders[id].status == "canceled" for id in live & after.orders.keys()):
            return []
        want, got = f"nothing canceled or all of it, {parameter} not being signed", f"{len(left)} of {len(live)} left"
        shown_by = (*before.exchanges[:1], answer.exchange, *after.exchanges[:1])
        return [Breach(want, got, forged.requirement, exchanges=shown_by)]

    send = partial(sent_alone, stage, CANCEL_ALL, forged)
    attempt(stage, forged.requirement, send, None, wrong=canceled_a_part)
    stage.caller.observations.count({forged.requirement: 1})
