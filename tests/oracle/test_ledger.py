"""The ledger's own answers, which the rules of an overload rest on."""

from typing import Any

import pytest

from conformance.evidence import Exchange
from conformance.oracle.ledger import FULL, Cancels, Entry, Excess, Ledger, Recovery, Seen
from conformance.orders import Order
from tests.orders import order

ORDER = order("unnamed")
LIKE = {"looks": ORDER.looks, "symbol": "DFUSDT"}


def place(**changed: Any) -> Entry:
    return entry("place", **{**LIKE, **changed})


def cancel(**changed: Any) -> Entry:
    return entry("cancel-all", **changed)


def entry(kind: Any, **changed: Any) -> Entry:
    made: dict[str, Any] = {"account": "caller", "phase": "", "sent_at": 1.0, "ended_at": 2.0, "ending": "accepted"}
    return Entry(kind=kind, **{**made, **changed})


@pytest.mark.parametrize(
    ("ending", "status", "may"),
    [
        ("unknown", None, True),
        ("failed", 500, True),
        ("failed", 499, False),
        ("failed", None, False),
        ("accepted", 500, False),
        ("refused", 503, False),
    ],
)
def test_what_got_no_answer_or_a_server_error_may_have_happened(ending: Any, status: int | None, may: bool) -> None:
    assert place(ending=ending, status=status).may_have_happened is may


def test_the_scope_of_a_cancel_all() -> None:
    assert [cancel(symbol=symbol).reaches("A") for symbol in (None, "A", "B")] == [True, True, False]


def test_an_exchange_that_was_kept_is_shown() -> None:
    kept = Exchange.__new__(Exchange)
    assert place(exchange=kept).shown == (kept,)
    assert place().shown == ()


@pytest.mark.parametrize(
    ("last", "changed", "excused"),
    [
        (None, {}, True),
        (cancel(ending="failed"), {}, False),
        (cancel(ending="failed"), {"asked_later": True}, True),
        (cancel(ending="failed", gateway=True), {}, True),
        (cancel(ending="failed"), {"answers_lists": False}, False),
        (cancel(ending="unknown"), {"answers_lists": False}, True),
        (cancel(ending="unknown"), {}, False),
        (cancel(ending="refused", code=FULL), {}, False),
        (cancel(ending="refused", code="other"), {}, True),
        (cancel(ending="failed", code="other"), {}, False),
    ],
)
def test_what_may_have_another_cause_than_overload(last: Entry | None, changed: dict[str, Any], excused: bool) -> None:
    assert Recovery("caller", 5.0, None, 3, last, **changed).excused is excused


def test_orders_are_placed_if_they_were_accepted_and_named() -> None:
    told = place(id="a")
    assert Ledger([told, place(), place(id="b", ending="refused"), cancel(id="c")]).placed == {"a": told}


def test_what_a_cancel_all_without_an_answer_may_have_canceled() -> None:
    ledger = Ledger([cancel(ending="unknown", symbol="A"), cancel(symbol="B"), place(ending="unknown", symbol="C")])
    assert ledger.perhaps_canceled("caller", "A")
    assert not ledger.perhaps_canceled("other", "A")
    assert not ledger.perhaps_canceled("caller", "B")
    assert not ledger.perhaps_canceled("caller", "C")


def test_what_may_have_been_placed_without_a_name() -> None:
    unknown, unnamed = place(ending="unknown"), place()
    others = [place(id="a"), place(ending="refused"), place(ending="unknown", looks=None)]
    assert Ledger([unknown, unnamed, *others]).may_have_placed == {("caller", ORDER.looks): 2}


def test_more_orders_than_requests_explain() -> None:
    def excess(entries: list[Entry], *orders: Order) -> list[Excess]:
        before = order("before")
        seen = Seen({each.id: each for each in (*orders, before)}, before={"before": before})
        return list(Ledger(entries, {"caller": seen}).excess)

    mine, another = place(ending="refused", code=FULL), place(ending="refused", account="other")
    entries = [place(id="named"), place(ending="unknown"), mine, another, place(looks=order(price="1").looks)]
    assert excess(entries, order("named"), ORDER) == []
    [found] = excess(entries, order("named"), ORDER, order("more"))
    assert (found.account, found.most, len(found.unnamed)) == ("caller", 1, 2)
    assert found.like == entries[:3]
    assert found.refused == [mine]


@pytest.mark.parametrize(
    ("like", "can"),
    [
        (place(ending="refused", code=FULL), False),
        (place(ending="refused", code="other"), True),
        (place(ending="failed", status=400), True),
        (place(ending="failed", status=500), False),  # it is counted already
        (place(id="a"), False),
    ],
)
def test_requests_that_were_answered_with_no_order_may_explain_one(like: Entry, can: bool) -> None:
    assert Excess("caller", [ORDER], 0, [like]).can_be_argued is can
    assert Excess("caller", [ORDER], 1, [like]).can_be_argued
    assert not Excess("caller", [ORDER, order("b")], 0, [like]).can_be_argued


@pytest.mark.parametrize(
    ("sent_from", "ended_before", "found"), [(1, 3, True), (1.1, 3, False), (0.9, 2, False), (0.9, 2.1, True)]
)
def test_a_cancel_all_between_two_moments(sent_from: float, ended_before: float, found: bool) -> None:
    """It was sent at 1, and answered at 2."""
    between = Cancels([cancel(symbol="A")]).between
    assert (between("A", sent_from, ended_before) is not None) is found
    assert between("B", sent_from, ended_before) is None


@pytest.mark.parametrize(("after", "until", "found"), [(1.9, 9, True), (2, 9, False), (0, 1, False), (0, 1.1, True)])
def test_a_cancel_all_beside_two_moments(after: float, until: float, found: bool) -> None:
    beside = Cancels([cancel(symbol="A")]).beside
    assert (beside("A", after, until) is not None) is found
    assert beside("B", after, until) is None
