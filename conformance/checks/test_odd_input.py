"""Odd values of every parameter: never a 5xx, never without bounds, never somebody else's, never a wider cancel."""

from collections.abc import Set
from urllib.parse import quote, unquote, urlencode

import pytest

from conformance.account.account import Account
from conformance.account.known import Known
from conformance.declare import asks, cancels, needs, verifies
from conformance.operations import LIST
from conformance.oracle.listing import explain
from conformance.oracle.snapshot import Interval
from conformance.orders import Query
from conformance.scenarios import attempts
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Violation

_PLAIN = Query(limit=197)

# Values as they go over the wire. Numbers stand beside the bounds of 32 and 64 bits; 4 KB is more than any name has.
LONG = "A" * 4096
NO_NUMBERS = ("", "abc")
TEXTS = (*NO_NUMBERS, "%00")
NAMES = (*TEXTS, "%FF", "%F0%9F%98%80", LONG)
NUMBERS = (*NO_NUMBERS, *map(str, (2**32 + 1, 2**63)))
BELOW, ABOVE = str(-(2**63) - 1), "9" * 400  # the latter is more than a binary float holds

# A start or an end of more than 31 bits, and a name that is no market's, are none: other checks ask for them.
ODD = {
    "symbol": (*(each for each in NAMES if each != "abc"), "%27%20OR%201%3D1"),
    "status": ("", "%00", "unknown", "OPEN", "open%2Cfilled"),
    "start": (*NUMBERS, ABOVE, "-1", "1.5", "Infinity"),
    "end": (*NUMBERS, BELOW, "-1", "NaN"),
    "limit": (*NUMBERS, BELOW, str(2**31), "1.5", "1e999"),
}
REPEATED = (
    "limit=1&limit=1000",
    "limit=1000&limit=1",
    "status=open&status=filled",
    "start=0&start=1",
    "end=1&end=0",
    "limit%5B%5D=5&status%5B%5D=open",
    "%zz=%zz&&",
    "limit",
)


@verifies("error.bad-input")
@pytest.mark.parametrize("name", ODD)
@needs(orders=1)
def test_an_odd_value_does_no_harm_to_a_list(caller: Account, name: str) -> None:
    """Text for numbers, numbers beyond bounds, nothing at all, 4 KB, NUL: a 4xx, or a list as any other."""
    queries = [f"{name}={value}" for value in ODD[name]]
    with caller.ahead(queries):
        for query in queries:
            caller.probe(query)


@verifies("error.bad-input")
@needs(orders=1)
def test_odd_queries_do_no_harm_to_a_list(caller: Account) -> None:
    """Parameters that are repeated, unknown or broken off: a 4xx, or a list as any other."""
    with caller.ahead(REPEATED):
        for query in REPEATED:
            caller.probe(query)


@verifies("list.symbol-omitted")
@needs(orders=1)
def test_a_list_that_is_refused_leaves_nothing_to_the_next(caller: Account, known: Known, stage: Stage) -> None:
    """A market and a status beside a limit that is no number. The plain list behind it shows what it has to.

    What it leaves out counts if it does so twice, and the lists before and behind it show all.
    """
    some, kind = next(iter(stage.seen.orders.values())), caller.credentials[0]
    for _ in range(2):
        before = known.snapshot
        refused = caller.probe(f"symbol={quote(some.symbol)}&status={some.status}&limit=abc")
        page = caller.page(_PLAIN, kind, caller.ask(LIST, urlencode(_PLAIN.pairs()), kind))
        if not list(explain(page.listing, Interval.still(before))):
            return
        if not (wrong := list(explain(page.listing, Interval(before, known.refresh())))):
            return
    evidence = [each.exchange for each in (refused, page) if each is not None]
    raise Violation(wrong[0], *stage.seen.exchanges[:1], *evidence)


@verifies("list.symbol")
@needs(orders=1)
def test_a_symbol_knows_no_wildcards(caller: Account, stage: Stage) -> None:
    """Names that are no market, wildcards and a list of two among them: a 4xx, or no orders."""
    markets = sorted(_markets(stage))
    of_two = quote(",".join(markets[:2])) if markets[1:] else "**"
    every = ("*", "%25", quote(markets[0][:1] + "%"), quote("_" * len(min(markets, key=len))), of_two)
    names = [name for name in every if unquote(name) not in markets]
    with caller.ahead(f"symbol={name}" for name in names):
        for name in names:
            page = caller.probe(f"symbol={name}")
            if page is not None and page.orders:
                raise Violation(Breach(f"a 4xx, or no orders, for symbol={name[:40]}", f"{len(page)}"), page.exchange)


def _in_milliseconds(stage: Stage, name: str) -> Query:
    second = stage.seen.seconds()[len(stage.seen.seconds()) // 2]
    return Query(start=second * 1000, limit=200) if name == "start" else Query(end=second * 1000, limit=200)


@verifies("list.start", "list.end")
@needs(orders=1)
@pytest.mark.parametrize("name", ["start", "end"])
@asks(_in_milliseconds)
def test_a_window_in_milliseconds_is_not_understood(known: Known, asked: Query, name: str) -> None:
    """A bound of 13 digits is a second tens of thousands of years ahead: start lets nothing through, end everything."""
    known.expect(asked, may_reject=True)


@cancels
@verifies("error.bad-input")
@needs(arrange=True)
def test_an_odd_symbol_cancels_nothing(stage: Stage) -> None:
    """Live orders, and a cancel-all of what is no market: a 4xx or an empty array, and they stand as before."""
    # A quote alone breaks SQL that it is pasted into. More of it might cancel what is not ours.
    names = ("%00", "%FF", "%F0%9F%98%80", "%25", "*", "%27", LONG)
    attempts.probe_cancels(stage, [f"symbol={name}" for name in names if unquote(name) not in _markets(stage)])


@cancels
@verifies("error.bad-input")
@needs(arrange=True, tradable=2)
def test_a_repeated_symbol_cancels_no_third_market(stage: Stage) -> None:
    """One market named twice, or two: what is canceled stands in one of those named."""
    first, second = (market.symbol for market in stage.markets[:2])
    reach = {
        f"symbol={second}&symbol={second}": {second},
        f"symbol={first}&symbol={second}": {first, second},
        f"symbol={first}&symbol=NOMARKET": {first},
        f"symbol=NOMARKET&symbol={first}": {first},
    }
    attempts.probe_cancels_that_may(stage, reach, stage.arrange_in_each_market)


@cancels
@verifies("error.bad-input")
def test_an_empty_symbol_does_no_harm(stage: Stage) -> None:
    """symbol= where nothing is live: it may mean no market or all, and is answered like either."""
    stage.clear()
    attempts.probe_cancel(stage, "symbol=", reach=None)


def _markets(stage: Stage) -> Set[str]:
    """The names that are markets, as far as this run knows."""
    return {market.symbol for market in stage.markets}.union(stage.view.latest().symbols())
