"""Cancel-all: every kind of live order, every size of page, with each credential."""

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import cycle
from typing import cast

import pytest

from conformance.account.ahead import asked_ahead
from conformance.account.known import Known
from conformance.account.view import View
from conformance.coverage.array import Row
from conformance.coverage.live_sets import ANY, COUNTS, EVERYWHERE, LATER, live_sets, placed, sorts, triples_of
from conformance.coverage.population import YOUNG
from conformance.declare import cancels, early, needs, verifies
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import LIVE, Query
from conformance.scenarios.adding_up import doubts, expect_none
from conformance.scenarios.beside import clear_untouched
from conformance.scenarios.cancellation import Following, cancel_all
from conformance.stage.book import stand_at_most
from conformance.stage.many import add_many, arrange_many
from conformance.stage.stage import Stage
from conformance.stage.wishes import Role, Wish, of_a_bystander, of_several_fills, placed_beside, priced
from conformance.turns import sleep
from conformance.verdict import NotObserved
from conformance.wire.signer import Credential

# Whoever cancels with one of them has shown that it is enough.
JWT_ALONE = pytest.param("jwt", marks=[pytest.mark.verifies("auth.jwt"), pytest.mark.needs(jwt=True)])
API_KEY_ALONE = pytest.param("api-key", marks=[pytest.mark.verifies("auth.api-key"), pytest.mark.needs(api_key=True)])

PLACED = 51  # as many as are placed one by one, where nothing can be injected
PLACED_OF_A_SET, PLACED_BESIDE = 4, 2  # where more can be injected, since each takes a request, and one for each fill
SOME = 8  # of the other age
ON_A_PAGE = 150  # young ones, with what was placed since: more of them would take a page more
BESIDE = 3  # of so many sets one has nobody beside it, since each bystander takes a look
OLD_BESIDE = 0.25  # of the bystanders

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

    Lists show them all before, whichever credential asks. The other account has many kinds as well, and cancels next.
    """
    stage.arrange_all_kinds(stage.seed + stage.caller.credentials.index(credential))
    filled_at = time.monotonic()
    doubted = doubts(stage)
    known = Known(stage.caller, stage.view.settled, stage.view.believed(), catch_up=stage.view.catch_up)
    queries = [Query(status=status, limit=MAX_LIMIT) for status in sorted(LIVE)]
    with known.ahead(queries, credential):
        for query in queries:
            known.expect(query, credential)
    sleep(min(APART_S - (time.monotonic() - filled_at), _apart_in_s(stage)))
    market = stage.markets[-1 if credential == "jwt" else 0]
    if stage.other_view is not None:
        stage.other_view.believed()
    of_one = cancel_all(stage, market.symbol, credential=credential).exchange
    stage.caller.observations.cover("cancels", ("kinds", credential))
    cancel_all(stage, credential=credential, bystander=True, earlier=[] if of_one is None else [of_one])
    if stage.other_view is not None and "other" in stage.cancelers:
        _cancel_as_well(stage, stage.other_view, market.symbol, credential)
    expect_none(stage, doubted)


def _cancel_as_well(stage: Stage, view: View, symbol: str, first: Credential) -> None:
    """The bystander's orders are of many kinds, too: it cancels those of one market, then all."""
    following = Following(stage, view, view.believed())
    credentials = sorted(view.account.credentials, key=first.__ne__)  # that one first, where the account has it
    following.cancel(symbol, credentials[0])
    following.cancel(None, credentials[-1])
    following.judged()


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
    """So many live orders, about as many as a page may hold, or a few of one sort, most sets old and young: all are
    canceled, by market or altogether, by either account with either credential. What else is live stays, also that of
    the opposite account, and is canceled next.
    """
    count = another_size(stage, COUNTS[number][0], number)
    if not stage.arranger.injects and count > PLACED:
        raise NotObserved(f"sets of more than {PLACED} live orders take [driver.inject]")
    (first, *rest), *later = sets_of(stage)[number]
    if stage.caller.behind.lag_s:
        later = []  # each would be waited for as long as lists lag
    view, symbol = stage.view_of(first["account"]), _symbol(first)
    counts = (count, *COUNTS[number][1:])
    wishes = stage.arranger.priced(wishes_of(stage, [first, *rest], counts, number))
    beside = bystander_of(stage, view, wishes, number)
    many = arrange_many(stage, view, wishes, beside)
    doubted = doubts(stage)
    live = [order for part in many.parts for order in part.live(symbol)]
    if len(live) < count:
        raise NotObserved(f"lists show {len(live)} of {count} live orders that were created")
    as_chosen = first["status"] == ANY or all(order.status == first["status"] for order in live)
    credentials = {f"{each}": each for each in view.account.credentials}
    canceled = cancel_all(stage, symbol, by=view, credential=credentials[first["credential"]], many=many)
    met = [first] if as_chosen else []
    sent = [each for each in (canceled.exchange,) if each is not None]
    following = Following(stage, view, canceled.after)
    # Old orders that stay live would have to be looked for by every look.
    for row in rest:
        following.cancel(_symbol(row), credentials[row["credential"]], many)
    for rows in later:
        sent += following.judged()
        many = add_many(stage, view, wishes_of(stage, rows, LATER[number], -1 - number), many)
        following = Following(stage, view, many.parts[0])
        for row in rows:
            following.cancel(_symbol(row), credentials[row["credential"]], many)
    sent += following.judged()
    stage.clear(view)
    if many.beside is not None and view.opposite is not None:
        alone = partial(_cancel_alone, stage, view.opposite, beside)
        clear_untouched(stage, view.opposite, many.beside, *sent, alone=alone)
    met += [row for rows in (rest, *later) for row in rows]
    for triple in set().union(*map(triples_of, met)):
        stage.caller.observations.cover("cancels", ("triple", triple))
    if view.opposite is not None and not view.opposite.foreign_live():
        stage.clear(view.opposite)  # it would stand in the way of trades
    expect_none(stage, doubted)


def _cancel_alone(stage: Stage, view: View, wishes: Sequence[Wish]) -> None:
    cancel_all(stage, by=view, credential=view.account.credentials[0], many=arrange_many(stage, view, wishes))


def _symbol(row: Row) -> str | None:
    return None if row["scope"] == EVERYWHERE else row["scope"]


@lru_cache(maxsize=8)  # one for each lane; a stage that is gone is not kept for ever
def sets_of(stage: Stage) -> list[list[list[Row]]]:
    """Sets of live orders, and who is to cancel them how; chosen when this is first asked for."""
    return live_sets([market.symbol for market in stage.markets], stage.cancelers, {*stage.ways}, stage.seed)


def wishes_of(stage: Stage, rows: Sequence[Row], counts: Sequence[int], number: int) -> list[Wish]:
    """The orders of the set that was chosen: so many of the sort of each row, in markets of their own."""
    rng = random.Random(f"{stage.seed} {number}")  # noqa: S311 - variety, not secrecy
    left = [market.symbol for market in stage.markets]
    wishes = []
    for place, (row, count) in enumerate(zip(rows, counts, strict=False)):
        where = left if row["scope"] == EVERYWHERE else [row["scope"]]
        few = count if place == 0 or stage.arranger.injects else 1
        # Who places has to wait for what is taken from the order before.
        most_placed = PLACED_OF_A_SET if place == 0 else PLACED_BESIDE
        if number < 0:
            most_placed = 1 if count == 1 else 0  # of those that are brought about later
        wishes += _wishes(stage, row, few, where, most_placed, rng)
        left = [symbol for symbol in left if symbol not in where]
    return wishes


def bystander_of(stage: Stage, view: View, wishes: Sequence[Wish], number: int) -> list[Wish]:
    """What stands in the opposite account beside these: young orders of many kinds, or now and then old ones; none
    where somebody else has live orders there.
    """
    if view.opposite is None or view.opposite.foreign_live() or (number + stage.seed) % BESIDE == 0:
        return []
    rng = random.Random(f"{stage.seed} {~number}")  # noqa: S311 - variety, not secrecy
    beside = of_a_bystander(stage.markets, priced((), wishes), stage.ways)
    if stage.arranger.injects and rng.random() < OLD_BESIDE:
        age = rng.choice(("days", "months"))
        return [replace(wish, age=age) for wish in beside]
    if "placing" in stage.ways:
        beside += placed_beside(stage.markets, view.opposite.account.credentials, rng)
    return beside


def _wishes(
    stage: Stage, row: Row, count: int, symbols: Sequence[str], most_placed: int, rng: random.Random
) -> list[Wish]:
    """So many orders of this sort in these markets, most of them of the age of the row, some of the other.

    Of the young ones some are placed, with each credential, and filled up to three times, some of them by taking from
    others: all, where none can be injected.
    """
    markets = {market.symbol: market for market in stage.markets}
    if MAX_LIMIT < count <= MAX_LIMIT + most_placed:
        symbols = rng.sample(symbols, 1)  # else no market alone would have more than the longest page
    # All orders of one market are older than those of the next: who looks at the newest alone misses a market.
    by_age = rng.sample(symbols, len(symbols)) if stage.arranger.injects else []
    some = min(SOME, count // 2) if row["mixed"] == "True" and stage.arranger.injects else 0
    if some and row["age"] == YOUNG and count <= MAX_LIMIT + 1:
        some = max(some, count - ON_A_PAGE)
    young = count - some if row["age"] == YOUNG else some
    wishes = []
    if "placing" in stage.ways:
        by = {f"{each}": each for each in stage.view_of(row["account"]).account.credentials}
        by_one = min(young, most_placed) if stage.arranger.injects else young
        # A bystander may have one.
        room = {symbol: stand_at_most(markets[symbol]) - 1 for symbol in by_age[-1:] or symbols}
        wishes = [
            Wish(
                markets[symbol],
                kind["side"],
                int(kind["fills"]),
                credential=by[kind["credential"]],
                role=cast(Role, kind["role"]),
            )
            for symbol, kind in placed(row, by_one, room, list(by), rng)
        ]
    of_age = [row["old"]] * (count - young) + [YOUNG] * (young - len(wishes))
    injected = sorts(row, len(of_age), symbols, rng)
    if by_age:
        injected.sort(key=lambda kind: by_age.index(kind[0]))
    return wishes + [
        Wish(markets[symbol], side, int(partly), age=age)
        for (symbol, side, partly), age in zip(injected, of_age, strict=True)
    ]


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
            view: of_several_fills(stage.markets, view.account.credentials, side, stage.seed)
            for view, side in zip(stage.lane.views, sides, strict=True)
        }
    )
    stage.wait_until_listed(*stage.lane.views)
    doubted = doubts(stage)
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
    expect_none(stage, doubted)
