"""What is known of a lane's accounts, over pages of a list."""

import time
import uuid
from collections.abc import Iterator

import pytest

from conformance import faults
from conformance.account.account import Account
from conformance.observations import Observations
from conformance.orders import Query
from conformance.profile import loader
from conformance.sandbox import Sandbox
from conformance.sandbox.records import from_record
from conformance.stage.driver import Driver
from conformance.stage.lane import Lane
from conformance.verdict import Violation
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor
from tests.orders import record


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
def lane(sandbox: Sandbox) -> Iterator[Lane]:
    with sandbox.serve() as served:
        profile = loader.loads(served.profile_toml, "sandbox")
        client = Client(profile.target, Redactor(profile.secrets))
        caller = Account(profile.accounts["caller"], client)
        lane = Lane(caller, None, profile.target, profile.markets, Driver(profile.driver, client))
        lane.watch(Observations())
        yield lane


def fill(sandbox: Sandbox, count: int, created_at: int, status: str = "canceled") -> None:
    for _ in range(count):
        sandbox.exchange.inject(from_record("alice", record(str(uuid.uuid4()), status=status, created_at=created_at)))


def test_what_is_live_is_come_by_however_many_orders_have_been_placed_since(sandbox: Sandbox, lane: Lane) -> None:
    now = int(time.time())
    fill(sandbox, 1, now - 9, "open")
    fill(sandbox, 190, now - 5)
    assert len(lane.settled(lane.caller).live()) == 1
    fill(sandbox, 190, now - 3)
    fill(sandbox, 190, now - 1)
    seen = lane.settled(lane.caller)
    assert len(seen.live()) == 1
    assert len(seen.exchanges) == 3


def test_no_more_pages_are_asked_for_than_that_takes(sandbox: Sandbox, lane: Lane) -> None:
    now = int(time.time())
    fill(sandbox, 900, now - 100)
    fill(sandbox, 1, now - 9, "open")
    lane.settled(lane.caller)
    assert len(lane.settled(lane.caller).exchanges) == 1


def test_what_is_live_is_come_by_whatever_the_order_within_its_second(sandbox: Sandbox, lane: Lane) -> None:
    now = int(time.time())
    fill(sandbox, 195, now - 1)
    fill(sandbox, 5, now - 9)
    fill(sandbox, 3, now - 9, "open")
    lane.settled(lane.caller)
    for _ in range(20):  # the sandbox has equal seconds in another order each time
        assert len(lane.reaching(lane.caller, 1).live()) == 3


def test_an_order_of_another_account_is_shown_beside_the_list_of_its_owner() -> None:
    sandbox = faults.load()["window-is-public"].sandbox()
    with sandbox.serve() as served:
        profile = loader.loads(served.profile_toml, "sandbox")
        client = Client(profile.target, Redactor(profile.secrets))
        caller, other = (Account(profile.accounts[key], client) for key in ("caller", "other"))
        lane = Lane(caller, other, profile.target, profile.markets, Driver(profile.driver, client))
        lane.watch(Observations(["list.own-only"]))
        sandbox.exchange.inject(from_record("bob", record("of-bob", created_at=int(time.time()))))
        lane.snapshot(other)
        with pytest.raises(Violation) as violation:
            caller.list(Query(start=0, end=int(time.time())))
    assert violation.value.breach.requirement == "list.own-only"
    assert [exchange.account for exchange in violation.value.evidence] == ["bob", "alice"]
    assert all("of-bob" in exchange.response_body for exchange in violation.value.evidence)
