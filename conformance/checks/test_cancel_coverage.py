"""Cancel-all: every kind of live order, every size of page, with each credential."""

import random

import pytest

from conformance.account.known import Known
from conformance.declare import cancels, early, needs, verifies
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import LIVE, Query
from conformance.scenarios.cancellation import cancel_all
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import NotObserved
from conformance.wire.signer import Credential

# Whoever cancels with one of them has shown that it is enough.
JWT_ALONE = pytest.param("jwt", marks=[pytest.mark.verifies("auth.jwt"), pytest.mark.needs(jwt=True)])
API_KEY_ALONE = pytest.param("api-key", marks=[pytest.mark.verifies("auth.api-key"), pytest.mark.needs(api_key=True)])

# How many, whether by market, and by which credential. More than the longest page with each: altogether with the token
# is judged where 301 stand since set-up.
LIVE_SETS = (
    (1, True, "jwt"),
    (2, False, "jwt"),
    (49, True, "api-key"),
    (50, False, "api-key"),
    (51, True, "jwt"),
    (99, False, "jwt"),
    (100, False, "api-key"),
    (101, True, "api-key"),
    (199, True, "jwt"),
    (200, False, "jwt"),
    (201, True, "jwt"),
    (201, True, "api-key"),
    (501, False, "api-key"),
)
PLACED = 51  # as many as are placed one by one, where nothing can be injected


LARGE = (300, 301, 400, 499, 500, 501, 999, 1000, 1001)  # while exploring, in place of more than the longest page


def another_size(stage: Stage, count: int, *which: object) -> int:
    """How many live orders there are in place of so many: while exploring any number, and large ones."""
    if not stage.effort.exploring:
        return count
    drawn = random.Random(f"{stage.seed} {count} {which}")  # noqa: S311 - variety, not secrecy
    return drawn.choice(LARGE) if count > MAX_LIMIT else drawn.randint(1, MAX_LIMIT)


def _parameter(count: int, of_one_market: bool, credential: str) -> object:
    mark = pytest.mark.needs(jwt=True) if credential == "jwt" else pytest.mark.needs(api_key=True)
    return pytest.param(count, of_one_market, credential, marks=mark)


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
    if stage.other is not None:
        stage.arrange_bystander()
    known = Known(stage.caller, stage.view.settled, stage.view.believed(), catch_up=stage.view.catch_up)
    queries = [Query(status=status, limit=MAX_LIMIT) for status in sorted(LIVE)]
    with known.ahead(queries, credential):
        for query in queries:
            known.expect(query, credential)
    market = stage.markets[-1 if credential == "jwt" else 0]
    cancel_all(stage, market.symbol, credential=credential, bystander=True)
    stage.caller.observations.cover("cancels", ("kinds", credential))
    cancel_all(stage, credential=credential, bystander=True)


@early
@cancels
@verifies("cancel.complete", "cancel.exact")
@needs(arrange=True)
@pytest.mark.parametrize(("count", "of_one_market", "credential"), [_parameter(*each) for each in LIVE_SETS])
def test_any_number_of_live_orders(stage: Stage, count: int, of_one_market: bool, credential: Credential) -> None:
    """So many live orders, about as many as a page may hold: all are canceled, by market or altogether."""
    count = another_size(stage, count, of_one_market, credential)
    if not stage.arranger.injects and count > PLACED:
        raise NotObserved(f"{count} live orders are needed, which takes [driver.inject]")
    market = stage.markets[count % len(stage.markets)]
    seen = stage.arrange_many([Wish(market, ("buy", "sell")[number % 2], number // 2 % 2) for number in range(count)])
    if (shown := len(seen.live(market.symbol))) < count:
        raise NotObserved(f"lists show {shown} of {count} live orders that were created")
    cancel_all(stage, market.symbol if of_one_market else None, credential=credential, seen=seen)


@cancels
@verifies("cancel.own-only", "list.own-only", "list.limit-exact")
@needs(place=True, other=True)
def test_orders_with_several_fills(stage: Stage) -> None:
    """Orders that were filled once, twice and three times: lists count each once, and show each to its owner alone.

    Cancel-all takes those of the caller and leaves the other side's partly filled ones.
    """
    assert stage.other_view is not None
    market = stage.markets[-1]
    stage.arrange([Wish(market, "buy", fills) for fills in (1, 2, 3)], by="placing")
    stage.arranger.arrange(stage.other_view, [Wish(market, "buy", 2)], by="placing")
    seen = [
        (view, Known(view.account, view.settled, view.believed(), catch_up=view.catch_up)) for view in stage.lane.views
    ]
    for view, known in seen:
        newest = max(order.created_at for order in known.snapshot.orders.values())
        lists = (
            Query(limit=2),
            Query(status="filled", limit=3),
            Query(status="partially_filled", limit=2),
            Query(market.symbol, "partially_filled"),
            Query(market.symbol, "filled"),
            Query(start=newest, end=newest),
        )
        queries = lists if view is stage.view else lists[:2]
        with known.ahead(queries):
            for query in queries:
                known.expect(query)
    cancel_all(stage, bystander=True)
