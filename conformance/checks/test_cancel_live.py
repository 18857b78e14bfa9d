"""Cancel-all: everything that is live in scope, and nothing else."""

import random
from collections import Counter
from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.account.account import SNAPSHOT_PAGES
from conformance.coverage.rows import ABOVE
from conformance.declare import cancels, needs, verifies
from conformance.hypothesis_seam import DRAWING
from conformance.oracle.listing import MAX_LIMIT, matches
from conformance.orders import Query
from conformance.scenarios import over
from conformance.scenarios.cancellation import cancel_all, cancel_nothing
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.strategies import newest_first, wishes
from conformance.verdict import NotObserved

ENOUGH_S = 0.4  # so much of a second is left where an order is to be canceled in the same one as others


@cancels
@verifies("cancel.complete", "cancel.exact", "cancel.envelope")
@needs(live=301)
def test_everything_live_past_the_longest_page(stage: Stage) -> None:
    """301 live orders, more than any page shows: all of them are canceled, each is in the array once.

    Behind it more orders pass a filter than any page shows: a limit above the maximum, beside the filter, shows the
    newest 200 of them, and one of 0 no more than that.
    """
    stage.have_live_again(301)
    over.note(stage)
    cancel_all(stage, pages=SNAPSHOT_PAGES, bystander=True)
    known, rng = stage.view.known, random.Random(stage.seed)  # noqa: S311 - variety, not secrecy
    shown = newest_first(known.snapshot)
    fullest, _ = Counter(order.symbol for order in shown).most_common(1)[0]
    above = [Query(fullest, limit=rng.choice(ABOVE)), Query(status="canceled", limit=rng.choice(ABOVE))]
    for query in (*above, Query(status="canceled", limit=0)):
        if sum(matches(query, order) for order in shown) > MAX_LIMIT:
            known.expect(query, rng.choice(stage.caller.credentials))


@cancels
@verifies("cancel.scope-symbol", "cancel.scope-all")
@needs(arrange=True, tradable=2)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_one_market_and_then_all(stage: Stage, data: st.DataObject) -> None:
    """Live orders in two markets: with a symbol those of the other one stay; without, both are reached."""
    credentials = st.sampled_from(stage.caller.credentials)
    for symbol in (stage.markets[0].symbol, None):
        both = [wish for market in stage.markets[:2] for wish in data.draw(wishes([market], least=1, most=2))]
        by = data.draw(st.sampled_from(stage.ways), label="by")
        stage.arrange(both, by, beside_others=symbol is None)  # what the first has left is to be reached too
        cancel_all(stage, symbol, credential=data.draw(credentials, label="credential"))


@cancels
@verifies("cancel.own-only")
@needs(arrange=True, other=True)
def test_other_users_orders_stay(stage: Stage) -> None:
    """Both accounts have live orders in the same markets: after a cancel-all of either, those of the other one stand
    there as before; also after one that finds nothing, of all markets or of one.
    """
    wishes = [Wish(market, side) for market in stage.markets for side in ("buy", "sell")]
    stage.arrange(wishes, bystander=True)
    other = stage.other_view
    assert other is not None
    if not other.foreign_live():
        cancel_all(stage, stage.markets[-1].symbol, by=other, credential=other.account.credentials[-1], bystander=True)
    cancel_all(stage, bystander=True)
    scopes = [None, stage.markets[0].symbol]
    cancel_nothing(stage, list(zip(scopes, cycle(stage.caller.credentials), strict=False)), bystander=True)


@cancels
@verifies("cancel.updated-at")
@needs(place=True)
def test_updated_at_tells_when_it_was_canceled(stage: Stage) -> None:
    """Orders of at least three seconds ago: updated_at of each is the time of the cancel, by the target's own clock."""
    stage.arrange_aged(seconds=3)
    cancel_all(stage)


@cancels
@verifies("cancel.exact")
@needs(place=True)
def test_what_was_canceled_by_itself_is_not_told(stage: Stage) -> None:
    """An order that was canceled by itself a moment ago, in the same second where that can be: the array has the other
    one alone.
    """
    if not stage.driver.can_cancel:
        raise NotObserved("an order has to be canceled by itself, which takes [driver.cancel]")
    market = stage.markets[-1]
    stage.arrange([Wish(market, "buy"), Wish(market, "sell")], by="placing")
    stage.lane.have_of_this_second(ENOUGH_S)
    with stage.driver.setting_up():
        refused = stage.lane.cancel_each(stage.view, stage.view.believed().live(market.symbol)[:1])
    if refused:
        raise NotObserved(f"the cancel of a single order was answered {next(iter(refused.values()))}")
    cancel_all(stage)
