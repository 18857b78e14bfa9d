"""The faults that need three things at once: nobody has edited one, and each lies under its conditions alone."""

import copy
import itertools
import random
import runpy
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from conformance import faults
from conformance.faults.conditional import LIMITS, When, Wherever
from conformance.sandbox.exchange import STATUSES, Exchange, Filters
from conformance.sandbox.records import LIVE, Market, Order, Trade

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "draw_conditional_faults.py"
DRAWN = {
    name: each for name, each in faults.load().items() if each.part.__module__ == "conformance.faults.three_at_once"
}

MARKETS = [Market(symbol, Decimal("0.01"), Decimal(1)) for symbol in ("DFUSDT", "BTCUSDT")]
NOW = 1_700_000_000
LIMITS_ASKED = (None, 1, 7, 50, 70, 150, 200, 500)


class Stopped:
    def now(self) -> int:
        return NOW


def orders() -> Iterator[Order]:
    """Two accounts with orders of every status, market, side, age and origin; no second holds two of one account."""
    luck = random.Random(7)
    for number in range(720):
        status = luck.choice((*STATUSES, *LIVE * 3))
        part = Decimal(10 if status == "filled" else 3 if status == "partially_filled" else 0)
        created_at = NOW - 60 * (number // 2) - 5
        yield Order(
            account=("alice", "bob")[number % 2],
            symbol=luck.choice(MARKETS).symbol,
            side=luck.choice(("buy", "sell")),
            type="limit",
            tif="gtc",
            price=Decimal(1),
            quantity=Decimal(10),
            created_at=created_at,
            updated_at=created_at,
            status=status,
            filled=part,
            value=part,
            placed_with=luck.choice((None, "token", "key")),
            trades=[Trade(Decimal(1), part)] if part else [],
        )


ORDERS = list(orders())
OWN = [order for order in ORDERS if order.account == "alice"]  # newest first


def exchange(part: type[Exchange], asked_with: str) -> Exchange:
    made = part(MARKETS, Stopped(), 1)  # type: ignore[arg-type]
    for order in ORDERS:
        made.inject(copy.copy(order))
    made.asked_with = asked_with
    return made


def of(kind: type[When] | type[Wherever]) -> list[str]:
    return sorted(name for name, fault in DRAWN.items() if isinstance(fault.part.when, kind))


def test_the_module_is_what_the_script_writes() -> None:
    script = runpy.run_path(str(SCRIPT))
    assert script["MODULE"].read_text(encoding="utf-8") == script["module"]()


def test_they_are_as_many_as_it_says() -> None:
    assert len(DRAWN) >= 45
    assert len(of(Wherever)) >= 10
    assert all(sum(value is not None for value in _conditions(name)) == 3 for name in of(When))


def _conditions(name: str) -> list[object]:
    when = DRAWN[name].part.when
    return [when.credential, when.symbol, when.status, when.start, when.end, when.limit]


def queries() -> Iterator[tuple[Filters, int | None]]:
    """With a start and an end that are seconds of orders which pass the other filters."""
    for symbol, status in itertools.product((None, "DFUSDT"), (None, *STATUSES)):
        passing = [each for each in OWN if symbol in (None, each.symbol) and status in (None, each.status)]
        first, second, third, *_, last = (order.created_at for order in passing)
        for start, end, limit in itertools.product((None, first, third, last), (None, second), LIMITS_ASKED):
            yield Filters(symbol, status, start, end), limit


def shown(part: type[Exchange], credential: str) -> Iterator[list[str]]:
    made = exchange(part, credential)
    for filters, limit in queries():
        yield [order.id for order in made.listed("alice", filters, limit)]


@pytest.fixture(scope="module")
def right() -> list[list[str]]:
    return list(shown(Exchange, "token"))


@pytest.mark.parametrize("name", of(When))
def test_a_list_lies_under_its_conditions_alone(name: str, right: list[list[str]]) -> None:
    fault, told = DRAWN[name].part, False
    for credential in ("token", "key"):
        for (filters, limit), page, honest in zip(queries(), shown(fault, credential), right, strict=True):
            assert page == honest or fault.when.holds(credential, filters, limit), (credential, filters, limit)
            told |= page != honest
    assert told


@pytest.mark.parametrize("name", of(Wherever))
def test_a_cancel_all_lies_under_its_conditions_alone(name: str) -> None:
    fault, told = DRAWN[name].part, set()
    for credential, symbol in itertools.product(("token", "key"), (None, "DFUSDT")):
        both = [exchange(part, credential) for part in (fault, Exchange)]
        answers = [{order.id: order.filled for order in each.cancel_all("alice", symbol)} for each in both]
        books = [{id for each in made.orders.values() for id in each if each[id].status in LIVE} for made in both]
        if answers[0] != answers[1] or books[0] != books[1]:
            told.add((credential, symbol is not None))
    assert told == {(fault.when.credential, fault.when.symbol)}


def test_every_limit_is_of_one_class() -> None:
    for limit in (1, 2, 49, 50, 51, 99, 100, 199, 200, 201, 2**31 - 1):
        assert sum(When(limit=each).holds("key", Filters(), limit) for each in LIMITS) == 1
    assert [each for each in LIMITS if When(limit=each).holds("key", Filters(), None)] == ["absent"]
