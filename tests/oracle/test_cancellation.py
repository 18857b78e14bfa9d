"""The oracle's reading of a cancel-all, against histories written by hand."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.oracle.cancel_case import Cancellation
from conformance.oracle.cancellation import CANCELLATION
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach
from tests.orders import order

NOW = 1_778_400_300
PARTLY = {"status": "partially_filled", "filled_qty": "40", "avg_fill_price": "0.5"}

OPEN = order("open")
PART = order("part", side="sell", **PARTLY)
ELSEWHERE = order("elsewhere", symbol="BTCUSDT")
FILLED = order("filled", status="filled", filled_qty="100", avg_fill_price="0.5")
REJECTED = order("rejected", status="rejected", reject_reason="X")
EXPIRED = order("expired", status="expired")
THEIRS = order("theirs", quantity="7")
BEFORE = (OPEN, PART, ELSEWHERE, FILLED, REJECTED, EXPIRED)


def canceled(was: Order, **changed: Any) -> Order:
    sent = {**was.sent, "status": "canceled", "updated_at": NOW, **changed}
    return Order.from_json(sent)


def history(
    returned: list[Order] | None = None,
    after: list[Order] | None = None,
    symbol: str | None = None,
    theirs: Order | None = THEIRS,
    **named: Any,
) -> Cancellation:
    """A cancel-all that did what it should, but for what is given."""
    hit = [was for was in BEFORE if was.live and symbol in (None, was.symbol)]
    lawful = [canceled(was) for was in hit]
    shown = [canceled(was) if was in hit else was for was in BEFORE]
    return Cancellation(
        symbol=symbol,
        returned=lawful if returned is None else returned,
        before=Snapshot.of(BEFORE),
        after=Snapshot.of(shown if after is None else after),
        other_before=Snapshot.of([THEIRS]),
        other_after=Snapshot.of([] if theirs is None else [theirs]),
        **{"clock": (NOW - 1, NOW + 1), **named},
    )


def broken(cancellation: Cancellation) -> set[str | None]:
    return {breach.requirement for breach in CANCELLATION.judge(cancellation).breaches}


@pytest.mark.parametrize("symbol", [None, "DFUSDT", "BTCUSDT", "dfusdt"])
def test_a_lawful_cancel_breaks_nothing(symbol: str | None) -> None:
    assert broken(history(symbol=symbol)) == set()


def test_the_array_may_come_in_any_order() -> None:
    assert broken(history(returned=[canceled(was) for was in (ELSEWHERE, PART, OPEN)])) == set()


RETURNED = (
    "order.id", "cancel.status", "cancel.exact", "cancel.complete", "cancel.keeps-fills", "cancel.keeps-average",
    "cancel.keeps-rest", "cancel.updated-at", "cancel.updated-at-stable", "cancel.visible",
)  # fmt: skip
"""A lawful cancel-all shows each of these on every order that it returns."""

AROUND = {"cancel.terminal-untouched": 2, "cancel.expired-untouched": 1, "cancel.own-only": 1}


def saw(cancellation: Cancellation) -> dict[str, int]:
    return dict(CANCELLATION.judge(cancellation).saw)


def test_what_it_saw_is_counted() -> None:
    assert saw(history()) == {**dict.fromkeys(RETURNED, 3), **AROUND, "cancel.scope-all": 2}
    assert saw(history(symbol="DFUSDT")) == {**dict.fromkeys(RETURNED, 2), **AROUND, "cancel.scope-symbol": 3}
    assert saw(history(symbol="ETHUSDT")) == {**AROUND, "cancel.empty": 1, "cancel.scope-symbol": 3}
    assert saw(history(symbol="ETHUSDT", rejected=True)) == {**AROUND, "cancel.scope-symbol": 3}


def test_one_market_does_not_show_that_every_market_is_reached() -> None:
    before = Snapshot.of([OPEN, PART])
    assert "cancel.scope-all" not in saw(replace(history(), before=before, returned=[canceled(OPEN), canceled(PART)]))


def test_where_nothing_is_canceled_no_market_is_left_out() -> None:
    assert broken(history(returned=[], after=list(BEFORE))) == {"cancel.complete"}


def test_the_scope_in_words() -> None:
    assert [history(symbol=symbol).scope for symbol in (None, "DFUSDT")] == ["every market", "DFUSDT"]


def test_an_id_that_is_spelled_otherwise_in_the_array() -> None:
    returned = [canceled(OPEN, id="OPEN"), canceled(PART), canceled(ELSEWHERE)]
    case = history(returned=returned)
    assert "order.id" in broken(case)
    assert "order.id" not in broken(replace(case, before=Snapshot.of(BEFORE, horizon=OPEN.created_at)))
    assert "order.id" not in broken(history(returned=[*history().returned, canceled(OPEN, id="new")]))


def test_a_filled_order_in_the_array_breaks_one_requirement() -> None:
    assert broken(history(returned=[*history().returned, FILLED])) == {"cancel.terminal-untouched"}


@pytest.mark.parametrize(("age_s", "certain"), [(60, False), (7200, True)])
def test_an_old_order_that_no_list_had_shown_was_not_placed_meanwhile(age_s: int, certain: bool) -> None:
    case = history(returned=[*history().returned, canceled(OPEN, id="old", created_at=NOW - age_s)])
    [breach] = CANCELLATION.judge(case).breaches
    assert (breach.requirement, breach.certain) == ("cancel.exact", certain)


@pytest.mark.parametrize("field", ["symbol", "quantity"])
def test_another_order_under_the_id_of_a_known_one(field: str) -> None:
    other = canceled(OPEN, **{"created_at": 1_778_400_009, field: "7"})
    found = broken(history(returned=[other, canceled(PART), canceled(ELSEWHERE)]))
    assert found == {"order.id"}


def test_what_was_canceled_already_is_returned() -> None:
    first = history()
    assert broken(replace(first, before=first.after)) == {"cancel.empty", "cancel.exact"}


def test_what_lies_deeper_than_lists_reach_may_be_returned() -> None:
    deep = replace(history(symbol="ETHUSDT"), before=Snapshot.of(BEFORE, horizon=OPEN.created_at))
    assert not {"cancel.empty", "cancel.exact"} & broken(replace(deep, returned=[canceled(OPEN, id="deep")]))


@pytest.mark.parametrize(
    ("unread", "found"), [(("part",), set()), (("",), set()), ((None,), set()), (("x",), {"cancel.exact"})]
)
def test_a_record_that_cannot_be_read_may_be_the_one_that_is_missing(
    unread: tuple[str | None, ...], found: set[str]
) -> None:
    assert broken(history(returned=[canceled(OPEN), canceled(ELSEWHERE)], unread=unread)) == found


def breach(cancellation: Cancellation) -> Breach:
    [found] = CANCELLATION.judge(cancellation).breaches
    return found


@pytest.mark.parametrize(
    ("filled", "certain", "excusable"), [("39.9", True, False), ("40.1", False, True)], ids=["less", "more"]
)
def test_a_trade_explains_that_more_is_filled(filled: str, certain: bool, excusable: bool) -> None:
    returned = [canceled(OPEN), canceled(PART, filled_qty=filled), canceled(ELSEWHERE)]
    found = breach(history(returned=returned, after=[*returned, FILLED, REJECTED, EXPIRED]))
    assert (found.requirement, found.certain, found.excusable) == ("cancel.keeps-fills", certain, excusable)


def test_what_somebody_else_may_have_done_in_between_is_not_certain() -> None:
    assert not breach(history(returned=[canceled(OPEN), canceled(ELSEWHERE)])).certain
    assert not breach(history(returned=[*history().returned, canceled(order("new"))])).certain
    live = order("theirs", quantity="7", price="0.4")
    assert not breach(history(theirs=live)).certain


@pytest.mark.parametrize(("late", "right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_bounds_of_the_clock_are_inclusive(late: int, right: bool) -> None:
    returned = [canceled(was, updated_at=NOW + late) for was in (OPEN, PART, ELSEWHERE)]
    found = broken(history(returned=returned, after=[*returned, FILLED, REJECTED, EXPIRED]))
    assert found == (set() if right else {"cancel.updated-at"})


def test_where_a_list_shows_it_live_its_updated_at_is_not_told_apart() -> None:
    after = [canceled(OPEN), PART, canceled(ELSEWHERE), FILLED, REJECTED, EXPIRED]
    assert broken(history(after=after)) == {"cancel.complete", "cancel.visible"}


def test_an_order_that_changes_otherwise_than_by_a_trade() -> None:
    more = {"filled_qty": "3", "avg_fill_price": "0.5"}
    assert broken(history(theirs=canceled(THEIRS, **more))) == {"cancel.own-only"}
    shown = [canceled(was) if was.live else was for was in BEFORE if was is not FILLED]
    over = order("filled", status="filled", filled_qty="101", avg_fill_price="0.5")
    assert broken(history(after=[*shown, over])) == {"cancel.terminal-untouched"}


def test_an_order_of_ours_with_an_id_of_theirs_is_ours() -> None:
    returned = [*history().returned, canceled(order("theirs", quantity="8"))]
    assert broken(history(returned=returned)) == {"cancel.exact"}


def test_an_order_that_is_left_live() -> None:
    after = [canceled(OPEN), PART, canceled(ELSEWHERE), FILLED, REJECTED, EXPIRED]
    assert broken(history(returned=[canceled(OPEN), canceled(ELSEWHERE)], after=after)) == {"cancel.complete"}


def test_a_market_that_is_left_out() -> None:
    after = [canceled(OPEN), canceled(PART), ELSEWHERE, FILLED, REJECTED, EXPIRED]
    found = broken(history(returned=[canceled(OPEN), canceled(PART)], after=after))
    assert found == {"cancel.scope-all"}


def test_an_order_that_is_canceled_but_not_returned() -> None:
    assert broken(history(returned=[canceled(OPEN), canceled(ELSEWHERE)])) == {"cancel.exact"}


def test_after_a_refused_attempt_the_array_may_lack_what_that_one_canceled() -> None:
    assert broken(history(returned=[canceled(OPEN)], tried_before=True)) == set()


def test_an_order_that_is_returned_twice() -> None:
    twice = [canceled(was) for was in (OPEN, OPEN, PART, ELSEWHERE)]
    assert broken(history(returned=twice)) == {"cancel.exact"}


@pytest.mark.parametrize(
    ("over", "requirement"), [(FILLED, "cancel.terminal-untouched"), (EXPIRED, "cancel.expired-untouched")]
)
def test_an_order_that_was_over_is_returned(over: Order, requirement: str) -> None:
    returned = [canceled(was) for was in (OPEN, PART, ELSEWHERE, over)]
    assert requirement in broken(history(returned=returned))


@pytest.mark.parametrize(
    ("over", "requirement"),
    [
        (FILLED, "cancel.terminal-untouched"),
        (REJECTED, "cancel.terminal-untouched"),
        (EXPIRED, "cancel.expired-untouched"),
    ],
)
def test_an_order_that_was_over_is_changed(over: Order, requirement: str) -> None:
    shown = [canceled(was) if was.live or was is over else was for was in BEFORE]
    assert broken(history(after=shown)) == {requirement}


def test_a_live_order_outside_the_scope() -> None:
    after = [canceled(was) if was.live else was for was in BEFORE]
    assert broken(history(symbol="DFUSDT", after=after)) == {"cancel.scope-symbol"}
    returned = [canceled(was) for was in (OPEN, PART, ELSEWHERE)]
    assert "cancel.scope-symbol" in broken(history(symbol="DFUSDT", returned=returned, after=after))


def test_another_users_order() -> None:
    assert broken(history(theirs=canceled(THEIRS))) == {"cancel.own-only"}
    returned = [canceled(was) for was in (OPEN, PART, ELSEWHERE, THEIRS)]
    assert broken(history(returned=returned)) == {"cancel.own-only"}
    assert broken(history(symbol="BTCUSDT", returned=[canceled(ELSEWHERE), canceled(THEIRS)])) == {"cancel.own-only"}
    assert broken(history(theirs=None)) == {"cancel.own-only"}


def test_another_users_order_that_had_been_told_as_canceled_was_not_canceled_by_this() -> None:
    """Though a list that was behind had shown it live."""
    behind = Snapshot({THEIRS.id: THEIRS}, told_over=frozenset({THEIRS.id}))
    told = history(theirs=canceled(THEIRS))
    assert broken(replace(told, other_before=behind)) == set()
    assert broken(replace(told, other_before=behind, returned=[*told.returned, canceled(THEIRS)])) == {
        "cancel.own-only"
    }


def test_another_users_order_may_be_traded_meanwhile() -> None:
    assert (
        broken(history(theirs=order("theirs", quantity="7", status="filled", filled_qty="7", avg_fill_price="0.5")))
        == set()
    )


@pytest.mark.parametrize(
    ("field", "value", "requirement"),
    [
        ("status", "open", "cancel.status"),
        ("filled_qty", "0", "cancel.keeps-fills"),
        ("filled_qty", "100", "cancel.keeps-fills"),
        ("avg_fill_price", "0.6", "cancel.keeps-average"),
        ("price", "0.6", "cancel.keeps-rest"),
        ("quantity", "40", "cancel.keeps-rest"),
        ("created_at", NOW, "cancel.keeps-rest"),
        ("tif", "ioc", "cancel.keeps-rest"),
        ("updated_at", 1_778_400_000, "cancel.updated-at"),
        ("updated_at", NOW + 60, "cancel.updated-at"),
    ],
)
def test_a_returned_record_that_is_wrong(field: str, value: Any, requirement: str) -> None:
    returned = [canceled(OPEN), canceled(PART, **{field: value}), canceled(ELSEWHERE)]
    after = [*returned, FILLED, REJECTED, EXPIRED]
    assert broken(history(returned=returned, after=after)) - {"cancel.complete"} == {requirement}


def test_an_answer_alone_that_has_not_the_time_of_the_cancel() -> None:
    late = [canceled(was, updated_at=was.updated_at) for was in (OPEN, PART, ELSEWHERE)]
    right = [canceled(was) for was in (OPEN, PART, ELSEWHERE)]
    over = [FILLED, REJECTED, EXPIRED]
    assert broken(history(returned=late, after=[*right, *over])) == {"cancel.updated-at"}
    assert "cancel.updated-at-stable" in broken(history(returned=right, after=[*late, *over]))
    assert broken(history(returned=late, after=[*right, *over], clock=None)) == {"cancel.updated-at"}


def test_a_later_list_that_shows_another_record() -> None:
    shown = [canceled(was, updated_at=NOW + 1) if was is OPEN else canceled(was) for was in (OPEN, PART, ELSEWHERE)]
    assert broken(history(after=[*shown, FILLED, REJECTED, EXPIRED])) == {"cancel.updated-at-stable"}
    shown = [canceled(was, price="0.7") if was is OPEN else canceled(was) for was in (OPEN, PART, ELSEWHERE)]
    assert broken(history(after=[*shown, FILLED, REJECTED, EXPIRED])) == {"cancel.visible"}
    shown = [canceled(was) for was in (PART, ELSEWHERE)]
    assert broken(history(after=[*shown, FILLED, REJECTED, EXPIRED])) == {"cancel.visible"}


def test_without_a_clock_updated_at_is_not_judged() -> None:
    saw = CANCELLATION.judge(history(clock=None)).saw
    assert saw["cancel.updated-at"] == 0


def test_nothing_to_cancel_and_yet_something_returned() -> None:
    lawful = history(symbol="ETHUSDT")
    assert CANCELLATION.judge(lawful).saw["cancel.empty"] == 1
    assert "cancel.empty" not in broken(replace(lawful, returned=[canceled(OPEN)]))  # it is of another market
    assert "cancel.empty" in broken(replace(lawful, returned=[order("new", symbol="ETHUSDT", status="canceled")]))


def test_what_was_placed_and_not_shown_may_be_returned() -> None:
    hidden = order("hidden", symbol="ETHUSDT")
    lawful = history(symbol="ETHUSDT", returned=[canceled(hidden)], unshown={"hidden"})
    assert not {"cancel.empty", "cancel.exact"} & broken(lawful)
    assert {"cancel.empty", "cancel.exact"} <= broken(replace(lawful, unshown=()))


def test_what_no_list_had_shown_is_shown_once_it_was_returned() -> None:
    hidden = order("hidden", symbol="ETHUSDT")
    lacking = history(symbol="ETHUSDT", returned=[canceled(hidden)], unshown={"hidden"})
    assert broken(lacking) == {"cancel.visible"}
    assert broken(replace(lacking, after=Snapshot.of([*BEFORE, canceled(hidden)]))) == set()
    assert broken(replace(lacking, after=Snapshot.of([*BEFORE, hidden]))) == {"cancel.visible"}


def test_said_again() -> None:
    first = history()
    second = replace(first, before=first.after, returned=[], again=True)
    assert broken(second) == set()
    assert saw(second) == {
        "cancel.idempotent": 7,
        "cancel.empty": 1,
        "cancel.terminal-untouched": 5,
        "cancel.expired-untouched": 1,
        "cancel.own-only": 1,
    }
    assert "cancel.idempotent" in broken(replace(second, returned=first.returned))
    assert "cancel.idempotent" in broken(replace(second, returned=first.returned[:1]))
    touched = Snapshot.of([canceled(was, updated_at=NOW + 9) if was.live else was for was in BEFORE])
    assert "cancel.idempotent" in broken(replace(second, after=touched))


def test_said_again_for_one_market_the_others_are_not_looked_at() -> None:
    first = history(symbol="DFUSDT")
    second = replace(first, before=first.after, returned=[], again=True)
    moved = Snapshot.of([*(each for each in first.after.orders.values() if not each.live), canceled(ELSEWHERE)])
    assert broken(replace(second, after=moved)) == {"cancel.scope-symbol"}


def test_an_order_that_may_be_among_what_cannot_be_read_is_not_known_to_be_canceled() -> None:
    lawful = history()
    unread = replace(lawful.after, orders={}, unread=(OPEN.id,))
    assert "cancel.complete" not in saw(replace(lawful, after=unread))
    assert saw(replace(lawful, after=replace(unread, unread=())))["cancel.complete"] == 3
    assert saw(replace(lawful, after=replace(lawful.after, unread=("",))))["cancel.complete"] == 3
