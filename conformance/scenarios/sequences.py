"""Steps that two users take one after the other, each judged by a model of what the steps so far have made."""

from decimal import Decimal

from conformance.account.account import Account
from conformance.account.known import Known
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.model import Model
from conformance.orders import Query
from conformance.profile import Market
from conformance.scenarios.cancellation import cancel_all
from conformance.stage.arranger import Staging, Wish
from conformance.stage.lane import Lane
from conformance.verdict import Inconclusive


class Walk:
    """A lane on which both accounts act. Where there is no second one, the caller does what both would."""

    def __init__(self, lane: Lane, staging: Staging) -> None:
        self._lane, self._staging = lane, staging
        self.end()
        self._models = {account.name: Model(lane.look(account)) for account in lane.accounts}

    def place(self, whose: str, market: str, side: str) -> None:
        """Place an order that rests."""
        account = self._account(whose)
        self._staging.arrange(account, [Wish(self._market(market), side)], inject=False)
        self._follow(account)

    def trade(self, whose: str, market: str, side: str, *, whole: bool) -> None:
        """Place an order, and let the opposite account take all of it, or half."""
        if self._lane.other is None:
            return
        share = Decimal(1) if whole else Decimal("0.5")
        self._staging.cross(self._account(whose), self._market(market), side, share)
        for account in self._lane.accounts:
            self._follow(account)

    def cancel_all(self, whose: str, market: str | None) -> None:
        """Cancel all, of one market or of all."""
        account = self._account(whose)
        symbol = None if market is None else self._market(market).symbol
        cancel_all(self._lane, symbol, by=account, bystander=True)
        for each in self._lane.accounts:
            self._models[each.name].canceled(self._lane.look(each))

    def list(self, whose: str, market: str | None, status: str | None) -> None:
        """List, and hold it against a snapshot."""
        account = self._account(whose)
        query = Query(None if market is None else self._market(market).symbol, status, limit=MAX_LIMIT)
        known = Known(account, lambda: self._lane.settle(whose=account), first=self._lane.look(account))
        known.explains(account.list(query))

    def end(self) -> None:
        """Leave nothing live, judging nothing."""
        with self._lane.unjudged():
            for account in self._lane.accounts:
                self._lane.look(account)
                self._lane.clear(account)

    def _follow(self, account: Account) -> None:
        seen = self._lane.settle(whose=account)
        self._lane.remember(seen, account)
        breaches = self._models[account.name].follow(seen)
        account.observations.report(breaches, *seen.exchanges[:1], raising=True)

    def _account(self, whose: str) -> Account:
        return self._lane.caller if whose == "caller" or self._lane.other is None else self._lane.other

    def _market(self, which: str) -> Market:
        if not self._lane.markets:
            raise Inconclusive("the profile names no market")
        return self._lane.markets[0 if which == "first" else -1]
