"""Steps that two users take one after the other, each judged by a model of what the steps so far have made."""

from collections import defaultdict
from decimal import Decimal

from conformance.account.known import Known
from conformance.account.looks import with_lists
from conformance.account.view import View
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.model import Model
from conformance.orders import Query
from conformance.profile import Market
from conformance.scenarios.cancellation import cancel_all
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Inconclusive


class Walk:
    """A stage on which both accounts act. Where there is no second one, the caller does what both would."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.end()
        self._models = {view.account.name: Model(view.believed()) for view in stage.lane.views}

    def begin(self, market: str, mine: str, theirs: str) -> None:
        """Place an order of each account, before the first step."""
        placed: defaultdict[View, list[Wish]] = defaultdict(list)
        for whose, side in (("caller", mine), ("other", theirs)):
            placed[self._view(whose)].append(Wish(self._market(market), side))
        self._stage.arranger.arrange_each(placed, by="placing")
        self._stage.wait_until_listed(*self._stage.lane.views)
        for view in self._stage.lane.views:
            self._follow(view)

    def place(self, whose: str, market: str, side: str) -> None:
        """Place an order that rests."""
        view = self._view(whose)
        self._stage.arranger.arrange(view, [Wish(self._market(market), side)], by="placing")
        self._follow(view)

    def trade(self, whose: str, market: str, side: str, *, whole: bool) -> None:
        """Place an order, and let the opposite account take all of it, or half."""
        if self._stage.other is None:
            return
        share = Decimal(1) if whole else Decimal("0.5")
        self._stage.arranger.cross(self._view(whose), self._market(market), side, share)
        for view in self._stage.lane.views:
            self._follow(view)

    def cancel_all(self, whose: str, market: str | None) -> None:
        """Cancel all, of one market or of all, where there is anything to cancel."""
        symbol = None if market is None else self._market(market).symbol
        view = self._view(whose)
        if not view.believed().live(symbol):
            return  # what this does is judged without a sequence
        cancel_all(self._stage, symbol, by=view, bystander=True)
        for view in self._stage.lane.views:
            self._models[view.account.name].canceled(view.believed())

    def list(self, whose: str, market: str | None, status: str | None) -> None:
        """List, and hold it against a snapshot."""
        view = self._view(whose)
        query = Query(None if market is None else self._market(market).symbol, status, limit=MAX_LIMIT)
        known = Known(view.account, view.settled, view.believed(), catch_up=view.catch_up)
        known.expect(query)

    def end(self) -> None:
        """Leave nothing live, judging nothing."""
        with self._stage.unjudged(), self._stage.driver.setting_up():
            for view in self._stage.lane.views:
                view.believed()
                self._stage.clear(view)

    def _follow(self, view: View) -> None:
        seen = view.believed()
        breaches = self._models[view.account.name].follow(seen)
        view.account.observations.report(with_lists(breaches, (), (), [seen]), raising=True)

    def _view(self, whose: str) -> View:
        return self._stage.view if whose == "caller" or self._stage.other_view is None else self._stage.other_view

    def _market(self, which: str) -> Market:
        if not self._stage.markets:
            raise Inconclusive("the profile names no market")
        return self._stage.markets[0 if which == "first" else -1]
