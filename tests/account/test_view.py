"""What is known of an account, over pages of a list."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conformance import faults
from conformance.account.account import Account
from conformance.account.ticket import Ticket
from conformance.account.view import View
from conformance.observations import Observations
from conformance.oracle.settled import Settled
from conformance.orders import Query
from conformance.sandbox import Sandbox
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import from_record
from conformance.verdict import Violation
from tests.orders import record
from tests.sandboxes import lane_on


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
def view(sandbox: Sandbox) -> Iterator[View]:
    with lane_on(sandbox, alone=True) as lane:
        yield lane.view


def fill(sandbox: Sandbox, count: int, created_at: int, status: str = "canceled") -> None:
    for _ in range(count):
        sandbox.exchange.inject(from_record("alice", record(str(uuid.uuid4()), status=status, created_at=created_at)))


def test_what_is_live_is_come_by_however_many_orders_have_been_placed_since(sandbox: Sandbox, view: View) -> None:
    now = int(time.time())
    fill(sandbox, 1, now - 9, "open")
    fill(sandbox, 190, now - 5)
    assert len(view.settled().live()) == 1
    fill(sandbox, 190, now - 3)
    fill(sandbox, 190, now - 1)
    seen = view.settled()
    assert len(seen.live()) == 1
    assert len(seen.exchanges) == 3


def test_injecting_does_nothing_to_what_was_seen_before(sandbox: Sandbox, view: View) -> None:
    now = int(time.time())
    fill(sandbox, 2, now - 9, "rejected")
    seen = view.settled()
    sandbox.exchange.orders["alice"].clear()
    view.inject([], lambda: fill(sandbox, 1, now - 5))
    assert view.fresh().orders.keys().isdisjoint(seen.orders)
    assert len(view.first_since_changed.orders) == 3
    view.changing()
    view.fresh()
    assert len(view.first_since_changed.orders) == 1


def test_no_more_pages_are_asked_for_than_that_takes(sandbox: Sandbox, view: View) -> None:
    now = int(time.time())
    fill(sandbox, 900, now - 100)
    fill(sandbox, 1, now - 9, "open")
    view.settled()
    assert len(view.settled().exchanges) == 1


def test_what_is_live_is_come_by_whatever_the_order_within_its_second(sandbox: Sandbox, view: View) -> None:
    now = int(time.time())
    fill(sandbox, 195, now - 1)
    fill(sandbox, 5, now - 9)
    fill(sandbox, 3, now - 9, "open")
    view.settled()
    for _ in range(20):  # the sandbox has equal seconds in another order each time
        assert len(view.fresh().live()) == 3


def test_an_order_of_another_account_is_shown_beside_the_list_of_its_owner() -> None:
    sandbox = faults.load()["window-is-public"].sandbox()
    with lane_on(sandbox, Observations(["list.own-only"])) as lane:
        sandbox.exchange.inject(from_record("bob", record("of-bob", created_at=int(time.time()))))
        assert lane.other_view is not None
        lane.other_view.fresh()
        with pytest.raises(Violation) as violation:
            lane.caller.list(Query(start=0, end=int(time.time())))
    assert violation.value.breach.requirement == "list.own-only"
    assert [exchange.account for exchange in violation.value.evidence] == ["bob", "alice"]
    assert all("of-bob" in exchange.response_body for exchange in violation.value.evidence)


def test_what_a_cancel_all_tells_is_not_looked_for_as_live_any_more(sandbox: Sandbox, view: View) -> None:
    now = int(time.time())
    fill(sandbox, 1, now - 9_000, "open")
    [order] = view.settled().live()
    fill(sandbox, 1_100, now - 100)
    view.canceled([replace(order, status="canceled")])
    assert view.latest().live() == []
    assert len(view.fresh().exchanges) == 1


class ForgetsOnce(Exchange):
    """Leaves the newest order out of each list whose number is in `of`."""

    number = 0
    of: tuple[int, ...] = ()

    def page(self, orders: list[Any], limit: int | None) -> list[Any]:
        self.number += 1
        return super().page(orders, limit)[self.number in self.of :]


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ForgetsOnce, Account]]:
    """An exchange that forgets, and an account of it whose three orders have been listed for long."""
    monkeypatch.setattr(Sandbox, "exchange_class", ForgetsOnce)
    sandbox = Sandbox()
    assert isinstance(sandbox.exchange, ForgetsOnce)
    fill(sandbox, 3, int(time.time()) - 100)
    with lane_on(sandbox, alone=True) as lane:
        account = lane.view.account
        account.settled = Settled()
        account.list()
        sandbox.exchange.number = 0
        yield sandbox.exchange, account


def test_a_list_that_leaves_out_once_what_was_there_all_the_time_is_a_lapse(
    forgetful: tuple[ForgetsOnce, Account],
) -> None:
    exchange, account = forgetful
    exchange.of = (1,)
    assert len(account.list(Query(status="canceled"))) == 3
    [lapse] = account.observations.lapses
    assert lapse.about == ("list.status", "list.limit-default", "list.limit-after-filters")
    assert "2 orders without it" in str(lapse.violation)
    assert len(lapse.violation.evidence) == 3
    assert exchange.number == 2


def test_a_list_that_leaves_it_out_each_time_is_no_lapse_and_soon_not_looked_into(
    forgetful: tuple[ForgetsOnce, Account],
) -> None:
    exchange, account = forgetful
    exchange.of = tuple(range(1, 20))
    assert [len(account.list(Query(status="canceled"))) for _ in range(4)] == [2] * 4
    assert account.observations.lapses == []
    assert exchange.number == 3 + 3 + 1 + 1


def test_a_list_may_be_behind_what_was_placed_and_not_behind_what_was_canceled(view: View) -> None:
    view.perhaps_canceled()
    assert not view.catch_up()
    view.intend(Ticket("DFUSDT", "buy", "limit", Decimal("0.5"), Decimal(10)))
    assert not view.catch_up(placed=False)
    assert view.catch_up()
    assert not view.catch_up()


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ForgetsOnce, View]]:
    """As above, and its view: live orders, so that a list may lack them for all that lists tell. A cancel-all may
    have been a moment ago.
    """
    monkeypatch.setattr(Sandbox, "exchange_class", ForgetsOnce)
    sandbox = Sandbox()
    assert isinstance(sandbox.exchange, ForgetsOnce)
    for age in (100, 150, 200):
        fill(sandbox, 1, int(time.time()) - age, "open")
    with lane_on(sandbox, alone=True) as lane:
        seen = lane.view.settled()
        lane.view.account.settled = Settled(5.0)
        lane.view.account.settled.learn(seen.orders.values(), replace(seen.exchanges[0], sent_at=time.time() - 100))
        lane.view.perhaps_canceled()
        sandbox.exchange.number = 0
        yield sandbox.exchange, lane.view


@pytest.mark.parametrize(
    ("just_told", "about"), [(False, ("list.limit-exact",)), (True, ("cancel.visible", "list.limit-exact"))]
)
def test_what_one_look_alone_lacks_is_not_gone(
    looked_at: tuple[ForgetsOnce, View], just_told: bool, about: tuple[str, ...]
) -> None:
    exchange, view = looked_at
    if just_told:
        view.lag.told([replace(order, status="canceled") for order in view.latest().orders.values()])
    exchange.of = (1,)
    assert len(view.fresh().orders) == 3
    assert exchange.number == 2
    [lapse] = view.account.observations.lapses
    assert lapse.about == about
    assert lapse.violation.breach.changed == ("gone",)
    assert [each.response_body.count('"id"') for each in lapse.violation.evidence] == [2, 3]


def test_what_the_next_look_lacks_too_is_gone(looked_at: tuple[ForgetsOnce, View]) -> None:
    exchange, view = looked_at
    exchange.of = (1, 2)
    assert len(view.fresh().orders) == 2
    assert view.account.observations.lapses == []


def test_what_was_listed_a_moment_ago_may_be_in_the_next_look_alone(looked_at: tuple[ForgetsOnce, View]) -> None:
    exchange, view = looked_at
    view.account.settled = Settled(60.0)
    view.account.settled.learn(view.latest().orders.values(), view.latest().exchanges[0])
    exchange.of = (1,)
    assert len(view.fresh().orders) == 2
    assert exchange.number == 1


class SkipsWithinASecond(Exchange):
    """Leaves all but one order of a second out of each longest page that goes on behind it."""

    second = 0

    def page(self, orders: list[Any], limit: int | None) -> list[Any]:
        alike = [order for order in orders if order.created_at == self.second]
        goes_on = limit == 200 and any(order.created_at < self.second for order in orders)
        return super().page([each for each in orders if not goes_on or each not in alike[1:]], limit)


def test_what_a_full_page_skips_is_there_all_the_same_and_the_page_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sandbox, "exchange_class", SkipsWithinASecond)
    sandbox, now = Sandbox(), int(time.time())
    assert isinstance(sandbox.exchange, SkipsWithinASecond)
    fill(sandbox, 5, now - 50)
    fill(sandbox, 250, now - 100)
    with lane_on(sandbox, alone=True) as lane:
        account = lane.view.account
        account.settled = Settled()
        assert len(account.snapshot(1).orders) == 200
        sandbox.exchange.second = now - 50
        assert len(account.list(Query(limit=200)).orders) == 200
        seen = account.snapshot(1)
        assert [each.created_at for each in seen.orders.values()].count(now - 50) == 5
        assert list(account.observations.in_passing) == ["list.limit-exact"]
        [page, alone] = account.observations.in_passing["list.limit-exact"].evidence
    assert (page.url.partition("?")[2], alone.url.partition("?")[2]) == (
        "limit=200",
        f"start={now - 50}&end={now - 50}&limit=200",
    )
