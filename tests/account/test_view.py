"""What is known of an account, over pages of a list."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance import faults
from conformance.account.view import View
from conformance.observations import Observations
from conformance.orders import Query
from conformance.sandbox import Sandbox
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


def test_an_account_is_quiet_once_nothing_was_done_to_it_for_long(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    assert view.is_quiet()
    view.changing()
    assert not view.is_quiet()
    later = time.monotonic() + 3
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert view.is_quiet()


def test_a_list_that_leaves_out_once_what_was_there_all_the_time_is_a_violation(sandbox: Sandbox, view: View) -> None:
    fill(sandbox, 3, int(time.time()) - 100)
    view.account.observations = Observations(["list.status"])
    page = view.account.list(Query(status="canceled"))
    view.known.explains(page)
    with pytest.raises(Violation) as violation:
        view.known.explains(replace(page, orders=page.orders[1:]))
    assert violation.value.breach.requirement == "list.status"
    assert "in one of 4 lists" in violation.value.breach.got
    view.changing()
    view.known.explains(replace(page, orders=page.orders[1:]))
    assert "agreed when asked again" in view.account.observations.doubts["list.status"]
