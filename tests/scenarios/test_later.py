"""What seems to be done by a cancel-all, and has another cause."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.exchange import Filters
from conformance.sandbox.records import Order, from_record
from conformance.scenarios import later
from conformance.scenarios.cancellation import cancel_all, cancel_nothing
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Inconclusive, Violation
from tests.orders import record
from tests.sandboxes import stage_on


def box(exchange: type[Exchange]) -> Sandbox:
    kind: type[Sandbox] = type(exchange.__name__, (Sandbox,), {"exchange_class": exchange})
    return kind()


@contextmanager
def standing(sandbox: Sandbox) -> Iterator[Stage]:
    """Both accounts have partly filled orders that were canceled a moment ago, and the caller has live ones."""
    with stage_on(sandbox) as stage:
        wishes = [Wish(stage.markets[0], "buy"), Wish(stage.markets[0], "sell", fills=1)]
        stage.arrange(wishes, bystander=True)
        cancel_all(stage, bystander=True)
        stage.arrange(wishes)
        yield stage


class Overwritten(Exchange):
    """Each cancel-all stamps what was canceled before once more."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for order in self.orders[account].values():
            if order.status == "canceled":
                order.updated_at += 1
        return super().cancel_all(account, symbol)


class Late(Exchange):
    """What was canceled changes with each list from the third on."""

    name: str
    change: Any
    lists = 0

    def list_body(self, orders: list[Order]) -> Any:
        self.lists += 1
        records = {order.id: self.record(order) for order in orders}
        for order in orders:
            if order.status == "canceled" and order.trades:
                records[order.id][self.name] = type(self).change(records[order.id][self.name], self.lists)
        return list(records.values())


class StampedLater(Late):
    name = "updated_at"

    @staticmethod
    def change(stamp: int, lists: int) -> int:
        return stamp + lists


class RoundedLater(Late):
    name = "quantity"

    @staticmethod
    def change(quantity: str, lists: int) -> str:
        return f"{quantity}.{'0' * lists}1"


@pytest.mark.parametrize(
    ("exchange", "requirement"),
    [
        (Overwritten, "cancel.terminal-untouched"),
        (StampedLater, "cancel.updated-at-stable"),
        (RoundedLater, "cancel.visible"),
    ],
)
def test_what_changes_by_itself_is_not_charged_to_the_cancel_all_that_is_seen_beside_it(
    exchange: type[Exchange], requirement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "_LATER_S", 0.01)
    with pytest.raises(Violation) as found, standing(box(exchange)) as stage:
        cancel_all(stage)
    assert found.value.breach.requirement == requirement


class LiveMarketsAlone(Exchange):
    def passes(self, order: Order, filters: Filters) -> bool:
        live = any(each.symbol == order.symbol for each in self.cancelable(order.account))
        return super().passes(order, filters) and (live or self.is_told(filters))

    def is_told(self, filters: Filters) -> bool:
        return filters.symbol is not None


class LiveMarketsAloneWithoutStatus(LiveMarketsAlone):
    def is_told(self, filters: Filters) -> bool:
        return filters.status is not None


@pytest.mark.parametrize(
    ("exchange", "requirement"),
    [(LiveMarketsAlone, "list.symbol-omitted"), (LiveMarketsAloneWithoutStatus, "list.limit-default")],
)
def test_what_lists_without_filters_leave_out_is_not_charged_to_the_cancel_all(
    exchange: type[Exchange], requirement: str
) -> None:
    with pytest.raises(Violation) as found, standing(box(exchange)) as stage:
        cancel_all(stage)
    assert found.value.breach.requirement == requirement


class Mixed(Exchange):
    """Once the caller has canceled all, the other account is shown the caller's orders."""

    mixed = False

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        self.mixed = True
        return super().cancel_all(account, symbol)

    def visible_to(self, account: str) -> Any:
        return super().visible_to("alice" if self.mixed else account)


def test_an_account_that_is_shown_anothers_orders_has_not_lost_its_own() -> None:
    with stage_on(box(Mixed)) as stage:
        stage.arrange([Wish(stage.markets[0], "buy")], bystander=True)
        with pytest.raises(Violation) as found:
            cancel_all(stage, bystander=True)
        assert found.value.breach.requirement == "list.own-only"


def test_a_cancel_all_that_finds_nothing_and_takes_everybodys_is_found() -> None:
    with stage_on(faults.load()["quiet-market-is-everybodys"].sandbox()) as stage:
        stage.arrange([], bystander=True)
        scopes = [(market.symbol, kind) for market in stage.markets for kind in stage.caller.credentials]
        with pytest.raises(Violation) as found:
            cancel_nothing(stage, scopes, bystander=True)
        assert found.value.breach.requirement == "cancel.own-only"


class InUse(Exchange):
    """While alice cancels, somebody places an order for bob and cancels all of his."""

    comes = True

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        if account == "alice":
            if self.comes:
                now = self.clock.now()
                self.inject(from_record("bob", record("strange", status="open", created_at=now)))
            super().cancel_all("bob", None)
        return super().cancel_all(account, symbol)


class Reaching(InUse):
    """A cancel-all reaches what everybody has."""

    comes = False


def test_who_shares_an_account_may_have_canceled_there() -> None:
    with stage_on(box(InUse)) as stage:
        wish = [Wish(stage.markets[0], "buy")]
        stage.arrange(wish, bystander=True)
        with pytest.raises(Inconclusive, match="somebody else uses the account"):
            cancel_all(stage, bystander=True)
    with stage_on(box(Reaching)) as stage:
        stage.arrange(wish, bystander=True)
        with pytest.raises(Violation) as violation:
            cancel_all(stage, bystander=True)
    assert violation.value.breach.requirement == "cancel.own-only"
