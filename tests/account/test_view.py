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
