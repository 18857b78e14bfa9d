"""One answer that cannot be read is a violation, and hides nothing else."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.account import reading
from conformance.evidence import Exchange
from conformance.fields import Unreadable
from conformance.observations import Observations
from conformance.oracle.listing import Listing, explain
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Order, Query
from conformance.sandbox.records import from_record
from conformance.wire.client import Answer
from tests.orders import order, record
from tests.runs import live, run

STATUS = {
    "list.status",
    "cancel.status",
    "order.status-agrees",
    "order.reject-reason",
    "order.reject-reason-absent",
}

# Faults that are one server, and break a requirement each. What they may leave undecided beside those: that needs the
# very orders that cannot be read.
SERVERS = {
    "null-for-no-orders+expired-have-no-id+null-among-the-canceled": {"cancel.expired-untouched"},
    "count-for-expired+live-have-no-symbol": {"list.status"},
    "null-behind-the-last+thousands-have-commas+canceled-in-no-market": set(),
    "status-is-left-out": STATUS,
}
NEVER = "cancel.busy-code"  # the sandbox gives no other code than the documents


@pytest.mark.parametrize("names", SERVERS)
def test_what_cannot_be_read_hides_nothing_else(names: str, tmp_path: Path) -> None:
    some = [faults.load()[name] for name in names.split("+")]
    sandbox = faults.combined(some, seed=1)
    with sandbox.serve() as served:
        (tmp_path / "p.toml").write_text(served.profile_toml, encoding="utf-8")
        done = run(tmp_path, "--target", "p.toml")
    assert done.code == 1, done.printed
    assert done.with_verdict("fail") == {fault.breaks for fault in some}
    assert done.untested | done.with_verdict("inconclusive") == {NEVER, *SERVERS[names]}
    assert not live(sandbox)


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("live-have-no-status", 2, "alice has a live order that this run did not place"),
        (
            "live-have-no-symbol",
            1,
            "lists of live orders of alice have records that cannot be read, so cancel",
        ),
    ],
)
def test_a_live_order_that_may_be_a_strangers_is_not_canceled(name: str, code: int, told: str, tmp_path: Path) -> None:
    sandbox = faults.load()[name].sandbox(1)
    partly = record("strangers", status="partially_filled", filled_qty="5", avg_fill_price="0.5")
    sandbox.exchange.inject(from_record("alice", partly))
    with sandbox.serve() as served:
        (tmp_path / "p.toml").write_text(served.profile_toml, encoding="utf-8")
        done = run(tmp_path, "--target", "p.toml", "-k", "said_again or start_is_inclusive")
    assert done.code == code, done.printed
    assert sandbox.exchange.orders["alice"]["strangers"].live
    assert told in done.printed


@pytest.mark.parametrize(
    "body",
    [
        {"a": record("a"), "b": record("b")},
        {"orders": [record("a"), record("b")]},
        {"total": 2, "data": [record("a"), record("b")]},
        [record("a"), "and", record("b")],
        [{"order": record("a")}, {"order": record("b")}],
        json.dumps([record("a"), record("b")]),
    ],
    ids=str,
)
def test_orders_that_are_packed_otherwise_are_read(body: Any) -> None:
    exchange = Exchange("alice", "GET", "http://h/", {}, "", 200, {}, "", 0.0, 0.0)
    observations = Observations()
    records = reading.of_list(Answer(200, {}, json.dumps(body).encode(), exchange), observations, "list.array-json")
    assert records is not None
    assert [each.id for each in records.orders] == ["a", "b"]
    assert {"list.array", "order.fields"} & observations.in_passing.keys()


@pytest.mark.parametrize(
    ("shown", "unread", "wrong"), [("ab", [], 1), ("ab", ["c"], 0), ("ab", [None], 0), ("a", [""], 2)]
)
def test_a_record_that_cannot_be_read_may_be_any_order(shown: str, unread: list[str | None], wrong: int) -> None:
    known = Snapshot.of(order(id) for id in "abc")
    page = Listing(Query(), [known.orders[id] for id in shown], unread=unread)
    assert len(list(explain(page, Interval.still(known)))) == wrong


def test_orders_that_could_not_be_read_before_are_not_held_against_a_list() -> None:
    known = replace(Snapshot.of([order("a")]), unread=(None,))
    assert not list(explain(Listing(Query(), [order("a"), order("b")]), Interval.still(known)))


@pytest.mark.parametrize(
    ("spelled", "read"),
    [
        ({"id": 17}, {"id": "17"}),
        ({"avg_fill_price": None}, {"avg_fill_price": Decimal(0)}),
        ({"created_at": "1778400000"}, {"created_at": 1_778_400_000}),
        ({"created_at": "2026-05-10T08:00:00Z"}, {"created_at": 1_778_400_000}),
        ({"updated_at": Decimal("1778400000.75")}, {"updated_at": 1_778_400_000}),
        ({"updated_at": None}, {"updated_at": 1_778_400_000}),
    ],
    ids=str,
)
def test_other_spellings_are_read(spelled: dict[str, Any], read: dict[str, Any]) -> None:
    known = Order.from_json({**record(), **spelled})
    assert {name: getattr(known, name) for name in read} == read


@pytest.mark.parametrize(
    "spelled", [{"id": True}, {"id": ""}, {"created_at": "yesterday"}, {"created_at": Decimal("1e30")}], ids=str
)
def test_an_order_is_not_read_whose_identity_could_mean_anything(spelled: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        Order.from_json({**record(), **spelled})


@pytest.mark.parametrize(
    ("spelled", "unread"),
    [
        ({"status": "filled", "filled_qty": None}, {"filled_qty"}),
        ({"status": "canceled", "filled_qty": None}, {"filled_qty"}),
        ({"filled_qty": "5", "avg_fill_price": None}, {"avg_fill_price"}),
        ({"status": "canceled", "updated_at": None}, {"updated_at"}),
        ({"filled_qty": "-"}, {"filled_qty"}),
    ],
    ids=str,
)
def test_another_field_that_could_mean_anything_is_left_out(spelled: dict[str, Any], unread: set[str]) -> None:
    assert Order.from_json({**record(), **spelled}).unread == unread
