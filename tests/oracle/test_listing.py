"""The oracle's reading of a list, against order sets written by hand."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.oracle.listing import (
    LISTING,
    Listing,
    changed_by_reading,
    due_above,
    explain,
    matches,
    must_show,
    page_size,
)
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Order, Query
from tests.orders import order, record


def breaches(query: Query, page: list[Order], foreign: frozenset[tuple[object, ...]] = frozenset()) -> set[str | None]:
    return {breach.requirement for breach in LISTING.judge(Listing(query, page, foreign)).breaches}


def contradictions(query: Query, page: list[Order], before: Snapshot, after: Snapshot | None = None) -> list[str]:
    return [breach.got for breach in explain(Listing(query, page), Interval(before, after or before))]


A = order("a", created_at=1_778_400_030, symbol="DFUSDT", status="open")
B = order("b", created_at=1_778_400_020, symbol="DFUSDT", status="filled")
C = order("c", created_at=1_778_400_020, symbol="DFUSDTX", status="open")
D = order("d", created_at=1_778_400_010, symbol="dfusdt", status="expired")
ALL = Snapshot.of([A, B, C, D])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (Query(), "abcd"),
        (Query(symbol="DFUSDT"), "ab"),
        (Query(symbol="dfusdt"), "d"),
        (Query(status="open"), "ac"),
        (Query(start=1_778_400_020), "abc"),
        (Query(start=1_778_400_021), "a"),
        (Query(end=1_778_400_020), "bcd"),
        (Query(end=1_778_400_019), "d"),
        (Query(start=0), "abcd"),
        (Query(end=0), ""),
        (Query(symbol="DFUSDT", status="open", start=1_778_400_030, end=1_778_400_030), "a"),
        (Query(start=1_778_400_031, end=1_778_400_010), ""),
    ],
)
def test_filters_pass_exactly(query: Query, shown: str) -> None:
    assert "".join(each.id for each in (A, B, C, D) if matches(query, each)) == shown


@pytest.mark.parametrize(
    ("limit", "most"), [(None, 50), (1, 1), (50, 50), (200, 200), (201, 200), (2**31 - 1, 200), (0, 200), (-5, 200)]
)
def test_a_page_holds_at_most(limit: int | None, most: int) -> None:
    assert page_size(limit) == most


def test_equal_seconds_may_come_in_any_order() -> None:
    assert breaches(Query(), [A, B, C, D]) == set()
    assert breaches(Query(), [A, C, B, D]) == set()


@pytest.mark.parametrize(
    ("query", "page", "broken"),
    [
        (Query(), [B, A], "list.newest-first"),
        (Query(limit=1), [A, B], "list.limit-exact"),
        (Query(symbol="DFUSDT"), [A, C], "list.symbol"),
        (Query(symbol="DFUSDT"), [D], "list.symbol"),
        (Query(status="open"), [B], "list.status"),
        (Query(start=1_778_400_021), [A, B], "list.start"),
        (Query(end=1_778_400_019), [B], "list.end"),
        (Query(end=0), [D], "list.end"),
        (Query(), [A, A], "order.id"),
    ],
)
def test_an_answer_can_be_wrong_by_itself(query: Query, page: list[Order], broken: str) -> None:
    assert breaches(query, page) == {broken}


@pytest.mark.parametrize(
    ("limit", "length", "broken"),
    [
        (None, 51, "list.limit-default"),
        (None, 50, None),
        (200, 201, "list.limit-exact"),
        (1000, 201, "list.limit-max"),
        (1000, 200, None),
        (0, 201, "list.limit-below"),
        (0, 200, None),
        (-1, 0, None),
    ],
)
def test_too_long_a_page_breaks_the_requirement_of_its_limit(
    limit: int | None, length: int, broken: str | None
) -> None:
    page = [order(str(number), created_at=1_778_400_000) for number in range(length)]
    assert breaches(Query(limit=limit), page) == ({broken} if broken else set())


def test_an_order_of_another_account_is_known_by_more_than_its_id() -> None:
    namesake = order("a", created_at=1_778_400_030, quantity="7")
    assert breaches(Query(), [A], foreign=frozenset({A.identity})) == {"list.own-only"}
    assert breaches(Query(), [A], foreign=frozenset({namesake.identity})) == set()


def test_a_snapshot_demands_what_matches() -> None:
    assert not contradictions(Query(), [A, B, C, D], ALL)
    assert contradictions(Query(), [A, C, D], ALL) == ["3 orders without it"]
    assert not contradictions(Query(status="open"), [A, C], ALL)
    assert contradictions(Query(status="open"), [A], ALL) == ["1 order without it"]


def test_a_full_page_may_stop_within_a_second() -> None:
    assert not contradictions(Query(limit=2), [A, B], ALL)
    assert not contradictions(Query(limit=2), [A, C], ALL)
    assert contradictions(Query(limit=2), [B, C], ALL) == ["2 orders without it"]


@pytest.mark.parametrize(("page", "right"), [([], True), ([A], True), ([A, C], True), ([A, D], False), ([B], False)])
def test_below_range_any_prefix_passes(page: list[Order], right: bool) -> None:
    assert (not contradictions(Query(limit=0), page, ALL)) is right


def test_beyond_the_horizon_unknown_orders_pass() -> None:
    newest = Snapshot.of([A, B], horizon=1_778_400_020)
    older = order("e", created_at=1_778_400_000)
    assert not contradictions(Query(), [A, C, B, older], newest)
    phantom = order("f", created_at=1_778_400_025)
    assert contradictions(Query(), [A, phantom, B], newest) == [f"{phantom}, which such a list does not show"]


def test_what_changes_in_between_is_not_judged() -> None:
    filled = order("a", created_at=A.created_at, status="filled", filled_qty="100", avg_fill_price="0.5")
    after = Snapshot.of([filled, B, C, D])
    assert not contradictions(Query(status="open"), [A, C], ALL, after)
    assert not contradictions(Query(status="open"), [C], ALL, after)
    assert contradictions(Query(status="open"), [A], ALL, after) == ["1 order without it"]


def test_a_record_is_the_same_in_every_list() -> None:
    repriced = order("a", created_at=A.created_at, price="0.6")
    assert contradictions(Query(), [repriced, B, C, D], ALL) == ["price 0.5000 and then 0.6"]


def test_what_reading_changes() -> None:
    def changes(first: Order, later: Order) -> list[bool]:
        return [breach.certain for breach in changed_by_reading(Snapshot.of([first]), Snapshot.of([later]))]

    over = order("b", created_at=1_778_400_020, status="filled", filled_qty="100", avg_fill_price="0.5")
    assert changes(over, over) == []
    assert changes(over, Order.from_json({**over.sent, "updated_at": 1_778_400_099})) == [True]
    assert changes(A, Order.from_json({**A.sent, "updated_at": 1_778_400_099})) == [False]
    assert changes(A, Order.from_json({**A.sent, "status": "filled", "filled_qty": "100"})) == []


def test_a_shallow_snapshot_does_not_forget_what_lies_beyond_it() -> None:
    gone = order("gone", created_at=1_778_400_025)
    older = Snapshot.of([A, gone, B, C, D])
    canceled = order("a", created_at=A.created_at, status="canceled")
    merged = Snapshot.of([canceled], horizon=1_778_400_020).over(older)
    assert set(merged.orders) == {"a", "b", "c", "d"}
    assert merged.orders["a"].status == "canceled"
    assert merged.horizon is None


def test_what_is_right_is_counted() -> None:
    query = Query(symbol="DFUSDT", start=B.created_at, end=A.created_at)
    saw = LISTING.judge(Listing(query, [A, B])).saw
    assert saw == {"list.newest-first": 1, "list.symbol": 2, "list.start": 2, "list.end": 2}
    assert LISTING.judge(Listing(Query(status="open"), [C, B, C])).saw == {"list.status": 2}


@pytest.mark.parametrize(("limit", "told"), [(None, "50 orders for no limit"), (1, "1 order for limit=1")])
def test_a_page_that_is_too_long_is_told_with_its_limit(limit: int | None, told: str) -> None:
    page = [order(str(number)) for number in range(51)]
    [breach] = LISTING.judge(Listing(Query(limit=limit), page)).breaches
    assert (breach.want, breach.got) == (f"at most {told}", "51")


@pytest.mark.parametrize(
    ("unread", "missing"), [((), "d"), (("x",), "d"), (("d",), ""), (("",), ""), ((None, "x"), ""), (("", None), "")]
)
def test_a_record_that_cannot_be_read_may_be_what_is_missing(unread: tuple[str | None, ...], missing: str) -> None:
    listing = Listing(Query(), [A, B, C], unread=unread)
    assert "".join(each.id for each in listing.left_out([A, B, C, D])) == missing
    assert len(listing.left_out([D, order("e"), order("f")])) == (0 if len(unread) > 2 else 3 - ("d" in unread))


def test_what_comes_in_between_is_not_judged() -> None:
    new = order("new", created_at=A.created_at)
    both = Snapshot.of([new, A, B, C, D])
    assert not contradictions(Query(), [new, A, B, C, D], ALL, both)
    assert not contradictions(Query(), [A, B, C, D], ALL, both)
    deep = Snapshot.of([A], horizon=A.created_at)
    assert not contradictions(Query(), [A, B], ALL, deep)


@pytest.mark.parametrize(
    ("changed", "requirement"),
    [
        ({"created_at": 1, "symbol": "X"}, "order.id"),
        ({"status": "canceled"}, "cancel.visible"),
        ({"status": "filled", "filled_qty": "100"}, None),
        ({"filled_qty": "1"}, "order.filled-qty"),
        ({"avg_fill_price": "1"}, "order.avg-fill-price"),
        ({"reject_reason": "BAD_PRICE"}, "order.reject-reason-absent"),
        ({"status": "rejected", "reject_reason": "BAD_PRICE"}, "order.reject-reason"),
        ({"tif": "ioc"}, None),
    ],
)
def test_what_two_records_of_one_id_break(changed: dict[str, Any], requirement: str | None) -> None:
    rejected = {"status": "rejected", "reject_reason": "NO_FUNDS"} if changed.get("status") == "rejected" else {}
    one, other = Order.from_json({**A.sent, **rejected}), Order.from_json({**A.sent, **changed})
    for known, page in ((one, other), (other, one)):
        [breach] = explain(Listing(Query(limit=0), [page]), Interval.still(Snapshot.of([known])))
        assert (breach.requirement, breach.certain) == (requirement, False)


def test_what_a_snapshot_contradicts_is_not_certain() -> None:
    for page in ([A, C, D], [A, B, C, D, order("new")]):
        [breach] = explain(Listing(Query(), page), Interval.still(ALL))
        assert not breach.certain


def test_an_order_that_is_gone_when_read_again() -> None:
    [gone] = changed_by_reading(ALL, Snapshot.of([A, B, C]))
    assert (gone.want, gone.certain) == (f"{D} when read again", False)
    assert not list(changed_by_reading(ALL, Snapshot.of([A, B, C], horizon=D.created_at)))
    refilled = Order.from_json({**B.sent, "filled_qty": "1"})
    [changed] = changed_by_reading(Snapshot.of([B]), Snapshot.of([refilled]))
    assert changed.certain


def test_that_a_foreign_order_is_shown_is_not_told_twice() -> None:
    page, still = [C, B, A], Interval.still(Snapshot.of([C, A]))
    [breach] = explain(Listing(Query(), page), still)
    assert str(B) in breach.got
    assert not list(explain(Listing(Query(), page, frozenset({B.identity})), still))


def _created_at(id: str, second: int) -> Order:
    """An order whose record does not tell when it was created, though that is known otherwise."""
    sent = {name: value for name, value in record(id).items() if name != "created_at"}
    return Order.from_json(sent, otherwise={"created_at": second})


def test_when_an_order_was_created_that_does_not_tell_it_is_not_judged_to_the_second() -> None:
    newer, known = order("a", created_at=20), _created_at("b", 30)
    page = [newer, known]
    assert not LISTING.judge(Listing(Query(), page)).breaches
    assert not LISTING.judge(Listing(Query(end=25), page)).breaches
    assert not LISTING.judge(Listing(Query(start=35), [known])).breaches


@pytest.mark.parametrize(
    ("query", "above", "due"),
    [
        (Query(), None, True),
        (Query(symbol="DFUSDT"), None, True),
        (Query(symbol="ELSE"), None, False),
        (Query(start=1), None, False),
        (Query(end=90), None, False),
        (Query(), 10, False),
    ],
    ids=str,
)
def test_it_is_due_where_nothing_depends_on_when_it_was_created(query: Query, above: int | None, due: bool) -> None:
    above = due_above(Listing(Query(), ())) if above is None else above
    assert must_show(query, above, _created_at("b", 30)) is due


def test_the_status_is_not_judged_of_a_record_that_does_not_tell_it() -> None:
    sent = {name: value for name, value in record().items() if name != "status"}
    page = [Order.from_json(sent, otherwise={"status": "open"})]
    judgement = LISTING.judge(Listing(Query(status="filled", symbol="ELSE"), page))
    assert {each.requirement for each in judgement.breaches} == {"list.symbol"}
    assert not judgement.saw["list.status"]


def test_a_known_order_under_another_id_is_told_as_that() -> None:
    still = Interval.still(Snapshot.of([A, B]))
    renamed = replace(B, id="another")
    [breach] = explain(Listing(Query(), [A, renamed]), still)
    assert (breach.requirement, breach.got) == ("order.id", str(renamed))
    # Beside its own id, it is another order.
    assert [each.requirement for each in explain(Listing(Query(), [A, B, renamed]), still)] == [None]
