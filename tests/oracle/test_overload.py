"""The judgement of an overload: a pure function of the ledger and of what lists show."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from conformance.oracle.ledger import Entry, Ledger, Recovery, Seen, Sighting, Told
from conformance.oracle.overload import OVERLOAD, doubts
from conformance.orders import Order
from tests.orders import order

OURS = order(id="a", symbol="X")
CANCELED = replace(OURS, status="canceled")


def entry(kind: Any, at: float, ending: Any = "accepted", until: float | None = None, **more: Any) -> Entry:
    return Entry("alice", kind, "hold", at, at + 0.1 if until is None else until, ending, **more)


def place(at: float = 0.0, ending: Any = "accepted", id: str | None = "a", **more: Any) -> Entry:
    return entry("place", at, ending, id=id, symbol="X", looks=OURS.looks, **more)


def cancel(at: float, *ids: str, ending: Any = "accepted", **more: Any) -> Entry:
    told = tuple(Told(id, "X", "canceled") for id in ids)
    return entry("cancel-all", at, ending, told=told, **more)


def busy(at: float, code: str = "ENGINE_BUSY", **more: Any) -> Entry:
    return cancel(at, ending="refused", status=503, code=code, **more)


def ledger(entries: Iterable[Entry], orders: Iterable[Order] = (), **more: Any) -> Ledger:
    seen = Seen({each.id: each for each in orders}, **more)
    return Ledger(list(entries), {"alice": seen}, [Recovery("alice", 30, 0.1, 1)], settle_s=0.5)


def breached(judged: Ledger) -> list[str]:
    return sorted({breach.requirement or "" for breach in OVERLOAD.judge(judged).breaches})


def doubted(judged: Ledger) -> set[str]:
    return {id for id, _ in doubts(judged)}


RIGHT = {
    "live and left alone": ([place(), busy(1)], [OURS]),
    "canceled and told": ([place(), busy(1), cancel(2, "a")], [CANCELED]),
    "placed while a cancel-all ran": ([place(1.0), cancel(1.05), busy(2)], [OURS]),
    "placed a moment before, and not settled": ([place(1.0), cancel(1.3), busy(2)], [OURS]),
    "canceled by a cancel-all of another scope only": ([place(), cancel(2, symbol="Y"), busy(3)], [OURS]),
    "filled by somebody": ([place(), cancel(2), busy(3)], [replace(OURS, status="filled")]),
    "canceled by one that got no answer": ([place(), busy(1), cancel(2, ending="unknown")], [CANCELED]),
    "canceled by one that broke": (
        [place(), busy(1), cancel(2, ending="failed", status=500, gateway=True)],
        [CANCELED],
    ),
    "placed by one that got no answer": ([place(ending="unknown", id=None), busy(1)], [OURS]),
    "not placed by one that got no answer": ([place(ending="unknown", id=None), busy(1)], []),
    "there before": ([busy(1), cancel(2, "a")], [CANCELED]),
}


@pytest.mark.parametrize(("entries", "orders"), RIGHT.values(), ids=list(RIGHT))
def test_what_may_be_is_no_breach(entries: list[Entry], orders: list[Order]) -> None:
    judged = ledger(entries, orders, before={"a": OURS} if entries[0].kind != "place" else {})
    assert breached(judged) == []


LOST = {
    "in no list": ([place(), busy(1)], []),
    "left live by a cancel-all that was accepted": ([place(), busy(1), cancel(2)], [OURS]),
    "left to a later cancel-all": ([place(), busy(1), cancel(2), cancel(3, "a")], [CANCELED]),
}


@pytest.mark.parametrize(("entries", "orders"), LOST.values(), ids=list(LOST))
def test_what_is_lost(entries: list[Entry], orders: list[Order]) -> None:
    assert breached(ledger(entries, orders)) == ["overload.no-loss"]


def test_a_second_with_too_many_orders_hides_what_may_be_there() -> None:
    judged = ledger([place(), busy(1)], [], hidden=frozenset({"X"}))
    assert breached(judged) == []
    assert "overload.no-loss" in doubted(judged)


@pytest.mark.parametrize(
    ("code", "requirement"), [("ENGINE_BUSY", "overload.no-loss"), ("ENGINE_RESTARTING", "cancel.busy-no-loss")]
)
def test_a_cancel_all_that_was_refused_has_canceled(code: str, requirement: str) -> None:
    assert breached(ledger([place(), busy(1, code)], [CANCELED])) == [requirement]


def test_it_is_so_only_where_none_that_was_accepted_can_have_done_it() -> None:
    entries = [place(), busy(1), cancel(2)]
    assert breached(ledger(entries, [CANCELED])) == ["overload.once"]
    seen_before = {"a": Sighting(live_at=0.5, canceled_at=1.5)}
    assert breached(ledger(entries, [CANCELED], sightings=seen_before)) == ["overload.no-loss"]
    never_seen_live = {"a": Sighting(canceled_at=2.5)}
    assert breached(ledger(entries, [CANCELED], sightings=never_seen_live)) == ["overload.once"]
    seen_live_after = {"a": Sighting(live_at=2.5, canceled_at=3.0)}
    late = [place(), busy(1), replace(cancel(2), symbol="X")]
    assert "overload.no-loss" in breached(ledger(late, [CANCELED], sightings=seen_live_after))


def test_where_refused_ones_take_effect_all_that_is_not_told_may_be_theirs() -> None:
    """One order was canceled when every cancel-all was refused: another one, canceled when one was accepted too, is no
    second defect.
    """
    entries = [place(0), place(2, id="b"), cancel(1), busy(2.5), busy(3)]
    canceled = [CANCELED, order(id="b", status="canceled")]
    assert set(breached(ledger(entries, canceled))) == {"overload.no-loss"}


def test_an_engine_that_stopped_may_have_been_in_the_midst_of_it() -> None:
    assert breached(ledger([place(), busy(1, "ENGINE_RESTARTING"), cancel(2)], [CANCELED])) == ["cancel.busy-no-loss"]


def test_what_nobody_canceled_is_doubted() -> None:
    judged = ledger([place()], [CANCELED])
    assert breached(judged) == []
    assert "overload.no-loss" in doubted(judged)


TOLD = {
    "twice": ([place(), cancel(1, "a"), cancel(1.05, "a"), busy(2)], [CANCELED], {}),
    "and live": ([place(1.0), cancel(1.05, "a"), busy(2)], [OURS], {}),
    "and over before": ([busy(1), cancel(2, "a")], [CANCELED], {"a": CANCELED}),
    "and in no list": ([busy(1), cancel(2, "b")], [], {}),
    "and of another market": ([place(), busy(1), cancel(2, "a", symbol="Y")], [CANCELED], {}),
}


@pytest.mark.parametrize(("entries", "orders", "before"), TOLD.values(), ids=list(TOLD))
def test_what_is_told_wrongly(entries: list[Entry], orders: list[Order], before: dict[str, Order]) -> None:
    assert breached(ledger(entries, orders, before=before)) == ["overload.once"]


def test_an_order_of_another_account_is_told() -> None:
    theirs = replace(place(id="b"), account="bob")
    judged = Ledger([theirs, busy(1), cancel(2, "b")], {"alice": Seen({})})
    assert breached(judged) == ["overload.once"]


@pytest.mark.parametrize(
    ("failed", "requirement"),
    [
        (cancel(1, ending="failed", status=500, wrong="500"), "overload.documented"),
        (cancel(1, ending="failed", status=200, wrong="200"), "overload.documented"),
        (entry("list", 1, "failed", status=503, wrong="503"), "overload.lists-stay"),
        (place(1, "failed", None, status=500, wrong="500"), "overload.placing"),
    ],
)
def test_what_fails_otherwise(failed: Entry, requirement: str) -> None:
    assert breached(ledger([failed, busy(2)])) == [requirement]
    by_a_gateway = ledger([replace(failed, gateway=True), busy(2)])
    assert breached(by_a_gateway) == []


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_a_target_may_reject_an_order(status: int) -> None:
    assert breached(ledger([place(0, "failed", None, status=status), busy(1)])) == []


def test_a_list_that_hangs_while_others_are_answered() -> None:
    hung = entry("list", 0, "unknown", until=15)
    assert breached(ledger([hung, busy(2)])) == ["overload.lists-stay"]
    assert breached(ledger([hung, busy(20)])) == ["overload.lists-stay"]


HANGING = {
    "the target died": [busy(0.1)],
    "all of it stood still": [cancel(0.2, ending="unknown", until=15), busy(20)],
}


@pytest.mark.parametrize("others", HANGING.values(), ids=list(HANGING))
def test_a_list_that_does_not_hang_alone(others: list[Entry]) -> None:
    judged = ledger([entry("list", 0, "unknown", until=15), *others])
    assert breached(judged) == []
    assert "overload.lists-stay" in doubted(judged)


def test_a_server_fault_of_a_list_is_doubted() -> None:
    judged = ledger([entry("list", 0, "failed", status=500, wrong="500 DB_ERROR"), busy(1)])
    assert breached(judged) == []
    assert "overload.lists-stay" in doubted(judged)


def test_orders_that_no_request_explains() -> None:
    twin = order(id="b", symbol="X")
    entries = [place(), place(1, "refused", None, status=503), busy(2)]
    assert breached(ledger(entries, [OURS, twin])) == ["overload.placing"]
    entries[1] = replace(entries[1], code="ENGINE_BUSY")
    assert breached(ledger(entries, [OURS, twin])) == ["overload.once"]
    shared = ledger(entries, [OURS, twin], foreign=1)
    assert breached(shared) == []
    assert "overload.once" in doubted(shared)


@pytest.mark.parametrize("unknown", [0, 1, 2])
def test_each_request_without_an_answer_explains_one_order(unknown: int) -> None:
    twins = [order(id=id, symbol="X") for id in ("b", "c")]
    entries = [place(), *(place(1, "unknown", None) for _ in range(unknown)), busy(2)]
    assert breached(ledger(entries, [OURS, *twins])) == (["overload.once"] if unknown < 2 else [])


def test_a_double_is_no_proof_where_orders_were_canceled_by_somebody() -> None:
    strange = replace(order(id="d", symbol="Y"), status="canceled")
    entries = [place(), replace(place(id="d"), symbol="Y", looks=strange.looks), busy(2, symbol="X")]
    judged = ledger(entries, [OURS, order(id="b", symbol="X"), strange])
    assert breached(judged) == []
    assert {"overload.once", "overload.no-loss"} <= doubted(judged)


def recovery(last: Entry, **more: Any) -> Ledger:
    return replace(ledger([busy(0)]), recoveries=[Recovery("alice", 30, None, 9, last, **more)])


def test_not_recovered() -> None:
    assert breached(recovery(busy(9))) == ["overload.recovers"]
    assert breached(recovery(cancel(9, ending="unknown"))) == ["overload.recovers"]
    excused = [
        recovery(busy(9, "ENGINE_RESTARTING")),
        recovery(busy(9), asked_later=True),
        recovery(cancel(9, ending="unknown"), answers_lists=False),
        replace(ledger([busy(0)]), recoveries=()),
    ]
    for judged in excused:
        assert breached(judged) == []
        assert "overload.recovers" in doubted(judged)


def test_nothing_was_overloaded() -> None:
    assert "overload.documented" in doubted(ledger([place(), cancel(1, "a")], [CANCELED]))
    assert doubted(ledger([place(), busy(0.5), cancel(1, "a")], [CANCELED])) == set()


@pytest.mark.parametrize(
    ("kind", "id"),
    [("cancel-all", "overload.documented"), ("list", "overload.lists-stay"), ("place", "overload.placing")],
)
def test_what_gets_no_answer_is_doubted(kind: str, id: str) -> None:
    assert doubted(ledger([entry(kind, 1, "unknown"), busy(2)])) == {id}


def test_nothing_is_called_lost_where_nothing_could_be_looked_at() -> None:
    judged = replace(ledger([place(), busy(1), cancel(2)]), seen={})
    assert breached(judged) == []
    assert {"overload.no-loss", "overload.once"} <= doubted(judged)
