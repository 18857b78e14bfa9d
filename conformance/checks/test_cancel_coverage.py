"""Cancel-all: every kind of live order, every size of page, with each credential."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import cycle

import pytest

from conformance.account.ahead import asked_ahead
from conformance.account.known import Known
from conformance.coverage.array import Row
from conformance.coverage.live_sets import COUNTS, EVERYWHERE, counts_of, live_sets, sorts
from conformance.coverage.population import YOUNG
from conformance.declare import cancels, early, needs, verifies
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE, Query
from conformance.scenarios.cancellation import cancel_all
from conformance.scenarios.trades import OPPOSITE
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.turns import sleep
from conformance.verdict import NotObserved
from conformance.wire.signer import Credential

# Whoever cancels with one of them has shown that it is enough.
JWT_ALONE = pytest.param("jwt", marks=[pytest.mark.verifies("auth.jwt"), pytest.mark.needs(jwt=True)])
API_KEY_ALONE = pytest.param("api-key", marks=[pytest.mark.verifies("auth.api-key"), pytest.mark.needs(api_key=True)])

PLACED = 51  # as many as are placed one by one, where nothing can be injected
PLACED_OF_A_SET = 8  # where more can be injected, since each takes a request
FILLED_OF_A_SET = 3  # of these in one market, once to three times: each is filled before the next one can be placed

# Between the last fill and its cancel at most, so that updated_at tells them apart, however it is rounded: what the
# target's clock is known to tell earlier is not waited for.
APART_S = 2

LARGE = (300, 301, 400, 499, 500, 501, 999, 1000, 1001)  # while exploring, in place of more than the longest page


def another_size(stage: Stage, count: int, *which: object) -> int:
    """How many live orders there are in place of so many: while exploring any number, and large ones."""
    if not stage.effort.exploring:
        return count
    drawn = random.Random(f"{stage.seed} {count} {which}")  # noqa: S311 - variety, not secrecy
    return drawn.choice(LARGE) if count > MAX_LIMIT else drawn.randint(1, MAX_LIMIT)


@early
@cancels
@verifies("cancel.complete", "cancel.exact")
@needs(arrange=True)
@pytest.mark.parametrize("credential", [JWT_ALONE, API_KEY_ALONE])
def test_every_kind_of_live_order(stage: Stage, credential: Credential) -> None:
    """Both sides, untouched and partly filled, young and old, however placed: of one market, then of all.

    Lists show them all before, whichever credential asks.
    """
    stage.arrange_all_kinds()
    filled_at = time.monotonic()
    known = Known(stage.caller, stage.view.settled, stage.view.believed(), catch_up=stage.view.catch_up)
    queries = [Query(status=status, limit=MAX_LIMIT) for status in sorted(LIVE)]
    with known.ahead(queries, credential):
        for query in queries:
            known.expect(query, credential)
    sleep(min(APART_S - (time.monotonic() - filled_at), _apart_in_s(stage)))
    market = stage.markets[-1 if credential == "jwt" else 0]
    cancel_all(stage, market.symbol, credential=credential, bystander=True)
    stage.caller.observations.cover("cancels", ("kinds", credential))
    cancel_all(stage, credential=credential, bystander=True)


def _apart_in_s(stage: Stage) -> float:
    """In how many seconds what the target stamps is later than the last fill for certain."""
    live = stage.view.believed().live()
    stamps = [
        each.updated_at for each in live if each.unread.isdisjoint(("updated_at", "filled_qty")) and each.filled_qty
    ]
    at = stage.lane.clock.later_than(max(stamps)) if stamps else None
    return APART_S if at is None else at - time.time()


@early
@cancels
@verifies("cancel.complete", "cancel.exact", "cancel.status", "cancel.keeps-rest")
@needs(arrange=True)
@pytest.mark.parametrize("number", range(len(COUNTS)), ids=lambda number: f"{number}-of-{COUNTS[number][0]}")
def test_any_number_of_live_orders(stage: Stage, number: int) -> None:
    """So many live orders, about as many as a page may hold, or a few of one sort: all are canceled, by market or
    altogether, by either account with either credential. What else is live stays, and is canceled next.
    """
    count = another_size(stage, COUNTS[number][0], number)
    if not stage.arranger.injects and count > PLACED:
        raise NotObserved(f"{count} live orders are needed, which takes [driver.inject]")
    first, *rest = rows = sets_of(stage)[number]
    view, symbol = stage.view_of(first["account"]), _symbol(first)
    counts = (count, *counts_of(number, first["age"])[1:])
    seen = stage.arrange_many(view, wishes_of(stage, rows, counts, number))
    if (shown := len(seen.live(symbol))) < count:
        raise NotObserved(f"lists show {shown} of {count} live orders that were created")
    credentials = {f"{each}": each for each in view.account.credentials}
    after: Snapshot | None = cancel_all(
        stage, symbol, by=view, credential=credentials[first["credential"]], seen=seen
    ).after
    # Old orders that stay live would have to be looked for by every look.
    for row in rest:
        after = stage.lane.cancel_in_passing(view, _symbol(row), credentials[row["credential"]], after)
    stage.clear(view)


def _symbol(row: Row) -> str | None:
    return None if row["scope"] == EVERYWHERE else row["scope"]


@lru_cache(maxsize=8)  # one for each lane; a stage that is gone is not kept for ever
def sets_of(stage: Stage) -> list[list[Row]]:
    """Sets of live orders, and who is to cancel them how; chosen when this is first asked for."""
    views = {"caller": stage.view}
    if stage.other_view is not None and not stage.other_view.foreign_live():
        views["other"] = stage.other_view
    credentials = {whose: view.account.credentials for whose, view in views.items()}
    return live_sets([market.symbol for market in stage.markets], credentials, {*stage.ways}, stage.seed)


def wishes_of(stage: Stage, rows: Sequence[Row], counts: Sequence[int], number: int) -> list[Wish]:
    """The orders of the set that was chosen: so many of the sort of each row, in markets of their own."""
    rng = random.Random(f"{stage.seed} {number}")  # noqa: S311 - variety, not secrecy
    left = [market.symbol for market in stage.markets]
    wishes = []
    for place, (row, count) in enumerate(zip(rows, counts, strict=False)):
        where = left if row["scope"] == EVERYWHERE else [row["scope"]]
        few = count if place == 0 or stage.arranger.injects else 1
        wishes += _wishes(stage, row, few, where, rng)
        left = [symbol for symbol in left if symbol not in where]
    return wishes


def _wishes(stage: Stage, row: Row, count: int, symbols: Sequence[str], rng: random.Random) -> list[Wish]:
    """So many orders of this sort in these markets.

    Of young ones some are placed, with each credential, and filled up to three times, every second of them by taking
    from others: all, where none can be injected.
    """
    markets = {market.symbol: market for market in stage.markets}
    wishes = [
        Wish(markets[symbol], side, int(partly), age=row["age"])
        for symbol, side, partly in sorts(row, count, symbols, rng)
    ]
    if "placing" not in stage.ways or row["age"] != YOUNG:
        return wishes
    credentials = stage.view_of(row["account"]).account.credentials
    filled, kind, taking = Counter[str](), rng.randrange(2), rng.randrange(2)
    for place, wish in enumerate(wishes[: PLACED_OF_A_SET if stage.arranger.injects else len(wishes)]):
        number = filled[wish.market.symbol]
        if wish.fills and stage.arranger.injects and number == FILLED_OF_A_SET:
            continue
        filled[wish.market.symbol] += wish.fills
        wishes[place] = replace(
            wish,
            credential=credentials[(kind + place) % len(credentials)],
            fills=wish.fills * (1 + number % 3),
            takes=wish.fills > 0 and (taking + number) % 2 > 0,
        )
    return wishes


@cancels
@verifies("cancel.own-only", "list.own-only", "list.limit-exact")
@needs(place=True, other=True)
def test_orders_with_several_fills(stage: Stage) -> None:
    """Orders that were filled once, twice and three times, placed with each credential: lists count each once, and show
    each to its owner alone, whichever credential asks.

    Cancel-all takes those of the caller and leaves the other side's partly filled ones.
    """
    assert stage.other_view is not None
    sides = ("buy", "sell") if stage.seed % 2 else ("sell", "buy")
    stage.clear()
    stage.arranger.arrange_each(
        {
            view: filled_wishes(stage, view.account.credentials, side)
            for view, side in zip(stage.lane.views, sides, strict=True)
        }
    )
    stage.wait_until_listed(*stage.lane.views)
    seen = [
        (view, Known(view.account, view.settled, view.believed(), catch_up=view.catch_up)) for view in stage.lane.views
    ]
    market = stage.markets[-1]
    due: list[tuple[Known, Query, Credential]] = []
    for view, known in seen:
        newest = max(order.created_at for order in known.snapshot.orders.values())
        lists = (
            Query(limit=2),
            Query(status="filled", limit=3),
            Query(market.symbol, "partially_filled"),
            Query(status="partially_filled", limit=2),
            Query(market.symbol, "filled"),
            Query(start=newest, end=newest),
        )
        queries = lists if view is stage.view else lists[1:3]
        due += ((known, *each) for each in zip(queries, cycle(view.account.credentials), strict=False))
    with asked_ahead(each for known, query, credential in due for each in known.wanted([query], credential)):
        for known, query, credential in due:
            known.expect(query, credential)
    cancel_all(stage, bystander=True)


def filled_wishes(stage: Stage, credentials: Sequence[Credential], side: str) -> list[Wish]:
    """Orders of this side in the last market, filled once, twice and three times; in each other one, of either side,
    one that is filled as often as the seed says. They are placed with one credential after the other.
    """
    wishes = [(stage.markets[-1], side, fills) for fills in (1, 2, 3)]
    wishes += [
        (market, side if number % 2 else OPPOSITE[side], 1 + (number + stage.seed) % 3)
        for number, market in enumerate(stage.markets[:-1])
    ]
    return [Wish(*each, credential=credentials[number % len(credentials)]) for number, each in enumerate(wishes)]
