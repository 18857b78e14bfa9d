"""Three readings of one history: what the sandbox answers is right for the oracle and for SQL; what is altered is not.

An answer is altered in one place before the oracle and SQL judge it a second time. What one accepts, the other has to
accept: an answer that both call wrong is one that the documents forbid.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.oracle.cancel_case import Cancellation
from conformance.oracle.cancellation import CANCELLATION
from conformance.oracle.listing import LISTING, Listing, explain
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Order, Query
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Market, from_record
from tests.readings.histories import ACCOUNTS, NOW, SYMBOLS, Digits, query
from tests.readings.sql import Table, rows

MARKETS = [Market(symbol, Decimal("0.0001"), Decimal(1)) for symbol in SYMBOLS]
CALLER, OTHER = ACCOUNTS

Record = dict[str, Any]
History = Mapping[str, list[Record]]


class _Stopped:
    def now(self) -> int:
        return NOW


def sandbox(history: History) -> Exchange:
    """The reference exchange with these orders."""
    made = Exchange(MARKETS, _Stopped(), seed=1)  # type: ignore[arg-type]
    for account, records in history.items():
        for record in records:
            made.inject(from_record(account, record))
    return made


def read(records: Iterable[Record]) -> list[Order]:
    """As the oracle sees them."""
    return [Order.from_json(each) for each in records]


# -- lists ---------------------------------------------------------------------------------------------------------

ALTERED_PAGES: Mapping[str, Callable[[list[Record], list[Record], random.Random], list[Record]]] = {
    "one left out": lambda page, all, luck: page[: (at := luck.randrange(len(page) or 1))] + page[at + 1 :],
    "the last left out": lambda page, all, luck: page[:-1],
    "one more": lambda page, all, luck: _by_age([*page, luck.choice(all)]) if all else page,
    "one in place of another": lambda page, all, luck: _by_age([*page[1:], luck.choice(all)]) if page else page,
    "two changed places": lambda page, all, luck: [page[-1], *page[1:-1], page[0]] if len(page) > 1 else page,
    "another time": lambda page, all, luck: [*page[:-1], {**page[-1], "updated_at": NOW}] if page else page,
    "all": lambda page, all, luck: _by_age(all),
    "none": lambda page, all, luck: [],
}


def _by_age(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda each: -each["created_at"])


def lists_agree(history: History, numbers: Iterable[int]) -> Counter[str]:
    """Ask for many lists of one history; how many answers were right and wrong. Raises AssertionError."""
    told: Counter[str] = Counter()
    exchange, table = sandbox(history), Table(history)
    known, foreign = Interval.still(Snapshot.of(read(history[CALLER]))), read(history[OTHER])
    for number in numbers:
        digits, luck = Digits(number), random.Random(number)
        asked = query(digits, history[CALLER])
        filters = Filters(*(asked[name] for name in ("symbol", "status", "start", "end")))
        page = exchange.list_body(exchange.listed(CALLER, filters, asked["limit"]))
        assert table.is_right(CALLER, asked, page), f"SQL refuses the sandbox's page for {asked}"
        assert not accused(asked, page, known, foreign), f"the oracle refuses the sandbox's page for {asked}"
        told["lists"] += 1
        name = luck.choice(list(ALTERED_PAGES))
        altered = ALTERED_PAGES[name](page, [each for records in history.values() for each in records], luck)
        right = table.is_right(CALLER, asked, altered)
        found = accused(asked, altered, known, foreign)
        assert right == (not found), f"{asked}, {name}: SQL says {right}, the oracle {found}"
        told["altered lists, right" if right else "altered lists, wrong"] += 1
    table.close()
    return told


def accused(asked: Record, page: list[Record], known: Interval, foreign: list[Order]) -> list[object]:
    """What the oracle has against a page."""
    listing = Listing(Query(**asked), read(page), frozenset(each.identity for each in foreign))
    return [*LISTING.judge(listing).breaches, *explain(listing, known)]


# -- cancel-alls ---------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """A cancel-all's answer, and the orders of both accounts afterwards."""

    returned: list[Record]
    own: dict[str, Record]
    others: dict[str, Record]

    def record(self, luck: random.Random) -> Record | None:
        """One of those that were returned."""
        return luck.choice(self.returned) if self.returned else None


def _not_returned(it: Outcome, before: History, luck: random.Random) -> None:
    if it.returned:
        it.returned.pop(luck.randrange(len(it.returned)))


def _returned_twice(it: Outcome, before: History, luck: random.Random) -> None:
    it.returned.extend(it.returned[:1])


def _left_live(it: Outcome, before: History, luck: random.Random) -> None:
    if one := it.record(luck):
        it.returned.remove(one)
        it.own[one["id"]] = next(each for each in before[CALLER] if each["id"] == one["id"])


def _untouched_returned(it: Outcome, before: History, luck: random.Random) -> None:
    untouched = [each for each in it.own.values() if each["updated_at"] != NOW]
    if untouched:
        it.returned.append(luck.choice(untouched))


def _too_many(it: Outcome, before: History, luck: random.Random) -> None:
    untouched = [each for each in it.own.values() if each["updated_at"] != NOW]
    if untouched:
        one = {**luck.choice(untouched), "status": "canceled", "updated_at": NOW}
        it.own[one["id"]] = one
        it.returned.append(one)


def _others_too(it: Outcome, before: History, luck: random.Random) -> None:
    live = [each for each in it.others.values() if each["status"] in ("open", "partially_filled")]
    if live:
        it.others[live[0]["id"]] = {**live[0], "status": "canceled", "updated_at": NOW}


def _changed(**fields: Any) -> Callable[[Outcome, History, random.Random], None]:
    def change(it: Outcome, before: History, luck: random.Random) -> None:
        if one := it.record(luck):
            it.returned[it.returned.index(one)] = it.own[one["id"]] = {**one, **fields}

    return change


ALTERED_CANCELS: Mapping[str, Callable[[Outcome, History, random.Random], None]] = {
    "one not returned": _not_returned,
    "one returned twice": _returned_twice,
    "one left live": _left_live,
    "an untouched one returned": _untouched_returned,
    "one too many": _too_many,
    "another account's": _others_too,
    "an earlier time": _changed(updated_at=NOW - 1000),
    "still open": _changed(status="open"),
    "another price": _changed(price="7"),
    "fills forgotten": _changed(filled_qty="0", avg_fill_price="0"),
}


def cancels_agree(history: History, numbers: Iterable[int]) -> Counter[str]:
    """Several cancel-alls, each of the same history; how many outcomes were right and wrong. Raises AssertionError."""
    told: Counter[str] = Counter()
    for number in numbers:
        luck, symbol = random.Random(number), Digits(number).one_of((None, *SYMBOLS, "NONE"))
        exchange, table = sandbox(history), Table(history)
        answer: list[Record] = exchange.canceled_body(exchange.cancel_all(CALLER, symbol))["canceled"]
        wanted = table.cancel_all(CALLER, symbol, NOW)
        own, others = (
            {each.id: exchange.record(each) for each in exchange.orders[account].values()} for account in ACCOUNTS
        )
        outcome = Outcome(list(answer), own, others)
        assert as_sql(outcome, wanted, table), f"SQL and the sandbox disagree on a cancel-all of {symbol}"
        assert not judged(outcome, history, symbol), f"the oracle refuses the sandbox's cancel-all of {symbol}"
        told["cancel-alls"] += 1
        name = luck.choice(list(ALTERED_CANCELS))
        ALTERED_CANCELS[name](outcome, history, luck)
        right, found = as_sql(outcome, wanted, table), judged(outcome, history, symbol)
        assert right == (not found), f"{symbol}, {name}: SQL says {right}, the oracle {found}"
        told["altered cancel-alls, right" if right else "altered cancel-alls, wrong"] += 1
        table.close()
    return told


def as_sql(outcome: Outcome, wanted: list[Record], table: Table) -> bool:
    """Whether the outcome is what SQL makes of it."""
    return (
        rows(outcome.returned) == rows(wanted)
        and rows(outcome.own.values()) == rows(table.of(CALLER))
        and rows(outcome.others.values()) == rows(table.of(OTHER))
    )


def judged(outcome: Outcome, before: History, symbol: str | None) -> list[object]:
    """What the oracle has against it."""
    case = Cancellation(
        symbol,
        read(outcome.returned),
        Snapshot.of(read(before[CALLER])),
        Snapshot.of(read(outcome.own.values())),
        Snapshot.of(read(before[OTHER])),
        Snapshot.of(read(outcome.others.values())),
        clock=(NOW, NOW),
    )
    return [*CANCELLATION.judge(case).breaches]
