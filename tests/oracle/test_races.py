"""The oracle's reading of races, each story told once as it should be and then with one thing wrong."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.oracle.races import RACES, Race, filled_meanwhile
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach
from tests.orders import order

A, B = order("a"), order("b", status="partially_filled", filled_qty="40", avg_fill_price="0.5")
DONE = order("done", status="filled", filled_qty="100", avg_fill_price="0.5")
NEW = order("new")
TAKER = order("taker", side="sell", quantity="60", status="filled", filled_qty="60", avg_fill_price="0.5000")


def canceled(was: Order, **changed: Any) -> Order:
    return Order.from_json({**was.sent, "status": "canceled", **changed})


def filled(was: Order, quantity: str = "100") -> Order:
    status = "filled" if quantity == "100" else "partially_filled"
    return Order.from_json({**was.sent, "status": status, "filled_qty": quantity, "avg_fill_price": "0.5"})


def race(answers: Sequence[Sequence[Order]], after: Sequence[Order], **named: Any) -> Race:
    return Race(Snapshot.of([A, B, DONE]), Snapshot.of([*after, DONE]), answers, **named)


def breaches(judged: Race) -> list[Breach]:
    return RACES.judge(judged).breaches


def broken(judged: Race) -> set[str | None]:
    return {breach.requirement for breach in breaches(judged)}


A_OVER, B_OVER = canceled(A), canceled(B)
BOTH = [A_OVER, B_OVER]


@pytest.mark.parametrize("answers", [[[A_OVER], [B_OVER]], [BOTH, []], [[], BOTH, []]])
def test_cancel_alls_may_share_the_orders_in_any_way(answers: list[list[Order]]) -> None:
    judgement = RACES.judge(race(answers, BOTH))
    assert (judgement.breaches, judgement.saw) == ([], {"cancel.concurrent-once": 2})


def test_a_whole_market_that_one_cancel_all_leaves_is_another_matter_than_an_order() -> None:
    elsewhere = order("elsewhere", symbol="ETHUSDT")
    before = Snapshot.of([A, elsewhere])
    of_market = Race(before, Snapshot.of([A_OVER, elsewhere]), [[A_OVER]])
    assert broken(of_market) == {"cancel.scope-all"}
    of_order = Race(Snapshot.of([A, B, elsewhere]), Snapshot.of([A, B_OVER, elsewhere]), [[B_OVER]])
    assert broken(of_order) == {"cancel.complete"}


def test_an_order_that_is_filled_first_is_in_no_answer() -> None:
    assert broken(race([[B_OVER], []], [filled(A), B_OVER])) == set()


@pytest.mark.parametrize(
    ("answers", "after"),
    [
        ([BOTH, [A_OVER]], BOTH),
        ([[*BOTH, A_OVER], []], BOTH),
        ([[A_OVER], []], [A_OVER, B]),
        ([[A_OVER], [B_OVER]], [A_OVER, B]),
        ([[A_OVER], []], BOTH),
    ],
    ids=["told by both", "told twice by one", "left live", "told but live", "canceled but untold"],
)
def test_each_order_is_in_exactly_one_answer(answers: list[list[Order]], after: list[Order]) -> None:
    assert broken(race(answers, after)) == {"cancel.concurrent-once"}


def test_the_answers_that_tell_the_same_order_are_named() -> None:
    [breach] = breaches(race([[A_OVER], [B_OVER], [], [A_OVER]], BOTH))
    assert breach.got == "a in the answers to cancel-alls 1 and 4 of 4"


def test_what_two_answers_tell_with_other_fills_was_filled_after_it_had_been_told_as_canceled() -> None:
    more = canceled(filled(A, "60"))
    [breach] = breaches(race([BOTH, [more]], [more, B_OVER], takers=[TAKER]))
    assert breach.requirement == "cancel.concurrent-fill"
    assert breach.got == "a in the answers to cancel-alls 1 and 2 of 2, with filled_qty 0 and 60"
    untraded = order("taker", side="sell", quantity="60")
    assert broken(race([BOTH, [A_OVER]], BOTH, takers=[untraded])) == {"cancel.concurrent-once"}


@pytest.mark.parametrize("answers", [[BOTH], [BOTH, []]], ids=["of one", "of two"])
def test_what_is_live_since_it_was_filled_after_it_had_been_told_as_canceled_was_not_left(
    answers: list[list[Order]],
) -> None:
    assert broken(race(answers, [filled(A, "60"), B_OVER], takers=[TAKER])) == {"cancel.concurrent-fill"}


def test_after_an_answer_that_broke_off_an_order_may_be_in_none() -> None:
    assert broken(race([[A_OVER], []], BOTH, broken_off=True)) == set()
    assert broken(race([[A_OVER]], [A_OVER, canceled(filled(B))], takers=[TAKER], broken_off=True)) == set()
    assert broken(race([[A_OVER], []], [A_OVER, B], broken_off=True)) == {"cancel.concurrent-once"}


@pytest.mark.parametrize(
    ("told", "after"),
    [([*BOTH, canceled(NEW)], [canceled(NEW)]), (BOTH, [NEW]), (BOTH, [filled(NEW)])],
    ids=["canceled", "live", "filled"],
)
def test_what_is_placed_meanwhile_is_told_or_stays(told: list[Order], after: list[Order]) -> None:
    judgement = RACES.judge(race([told], [*BOTH, *after], placed={"new"}))
    assert judgement.breaches == []
    assert judgement.saw == {"cancel.concurrent-place": 1, "cancel.complete": 2}


@pytest.mark.parametrize(
    ("told", "after", "excused"),
    [
        (BOTH, [], False),
        ([*BOTH, canceled(NEW)], [NEW], False),
        ([*BOTH, canceled(NEW)], [filled(NEW)], False),
        (BOTH, [canceled(NEW)], True),
    ],
    ids=["lost", "told but live", "told but filled", "canceled but untold"],
)
def test_what_is_placed_meanwhile_is_not_lost(told: list[Order], after: list[Order], excused: bool) -> None:
    def found(broken_off: bool) -> set[str | None]:
        return broken(race([told], [*BOTH, *after], placed={"new"}, broken_off=broken_off))

    assert found(False) == {"cancel.concurrent-place"}
    assert found(True) == (set() if excused else {"cancel.concurrent-place"})


@pytest.mark.parametrize(
    ("told", "after"),
    [
        ([A_OVER], [A_OVER, filled(B)]),
        ([B_OVER, canceled(A, filled_qty="60", avg_fill_price="0.5")], [canceled(filled(A, "60")), B_OVER]),
    ],
    ids=["filled, so untold", "filled in part, then told"],
)
def test_a_fill_and_a_cancel_leave_one_story(told: list[Order], after: list[Order]) -> None:
    judgement = RACES.judge(race([told], after, takers=[TAKER]))
    assert judgement.breaches == []
    assert judgement.saw == {"cancel.concurrent-fill": 3, "cancel.complete": 2}


FILL, COMPLETE = "cancel.concurrent-fill", "cancel.complete"


@pytest.mark.parametrize(
    ("told", "after", "requirements"),
    [
        (BOTH, [A_OVER, filled(B)], {FILL}),
        (BOTH, [A_OVER, canceled(filled(B, "99"))], {FILL}),
        (BOTH, [A, B_OVER], {FILL, COMPLETE}),
        ([A_OVER], [A_OVER, canceled(filled(B))], {FILL}),
        ([A_OVER], [A_OVER], {FILL}),
        ([A_OVER], [A_OVER, filled(B, "60")], {COMPLETE}),
    ],
    ids=["told but filled", "other fills", "told but live", "canceled but untold", "lost", "neither filled nor told"],
)
def test_a_fill_and_a_cancel_that_contradict(told: list[Order], after: list[Order], requirements: set[str]) -> None:
    found = breaches(race([told], after, takers=[TAKER]))
    assert {breach.requirement for breach in found if breach.certain} == requirements


def test_an_order_that_two_cancel_alls_lose() -> None:
    assert broken(race([[A_OVER], []], [A_OVER])) == {"cancel.concurrent-once"}


@pytest.mark.parametrize("given", ["0", "59"])
def test_what_the_other_side_got_the_caller_gave(given: str) -> None:
    over = canceled(A, filled_qty=given)
    [breach] = breaches(race([[over, B_OVER]], [over, B_OVER], takers=[TAKER]))
    assert (breach.requirement, breach.certain) == ("cancel.concurrent-fill", False)


def test_what_the_other_side_got_at_another_price_it_got_from_somebody_else() -> None:
    elsewhere = Order.from_json({**TAKER.sent, "avg_fill_price": "0.49"})
    assert broken(race([BOTH], BOTH, takers=[elsewhere])) == set()


def test_what_did_not_take_place_is_not_judged() -> None:
    assert RACES.judge(race([BOTH], BOTH)).saw == {"cancel.complete": 2}


def test_a_race_in_which_nothing_is_filled_shows_nothing_of_fills() -> None:
    came_late = order("taker", side="sell", quantity="60", status="open", filled_qty="0", avg_fill_price="0")
    assert "cancel.concurrent-fill" not in RACES.judge(race([BOTH], BOTH, takers=[came_late])).saw
    over, fills = (
        canceled(filled(A, "60")),
        order("taker", side="sell", status="filled", filled_qty="60", avg_fill_price="0.5"),
    )
    assert "cancel.concurrent-fill" in RACES.judge(race([[over, B_OVER]], [over, B_OVER], takers=[fills])).saw


def test_an_order_that_lists_do_not_reach_and_one_that_is_told_are_not_lost() -> None:
    assert broken(race([[A_OVER], [B_OVER]], [B_OVER])) == set()
    shallow = Snapshot.of([A_OVER], horizon=B.created_at)
    assert broken(replace(race([[A_OVER], []], []), after=shallow)) == set()


def test_where_a_record_cannot_be_read_it_may_be_the_one_that_is_missing() -> None:
    partly = replace(race([[*BOTH, canceled(order("z"))]], [*BOTH, order("z")], placed={"new", "z"}))
    unread = replace(partly.after, unread=("",))
    [breach] = breaches(replace(partly, placed={"new", "z"}, after=unread))
    assert (breach.requirement, breach.want) == ("cancel.concurrent-place", "z canceled, since the answer says so")
    less = race([[canceled(A, filled_qty="59"), B_OVER]], [canceled(A, filled_qty="59"), B_OVER], takers=[TAKER])
    assert broken(less) == {FILL}
    assert broken(replace(less, after=replace(less.after, unread=("",)))) == set()


def test_an_order_that_may_be_among_what_cannot_be_read_is_not_known_to_be_canceled() -> None:
    one = race([BOTH], [])
    assert RACES.judge(one).saw["cancel.complete"] == 2
    assert not RACES.judge(replace(one, after=replace(one.after, unread=("",)))).saw["cancel.complete"]


@pytest.mark.parametrize(("given", "enough"), [("60", True), ("59", False)])
def test_an_order_that_lists_do_not_reach_gave_nothing(given: str, enough: bool) -> None:
    over = canceled(A, filled_qty=given, avg_fill_price="0.5", created_at=A.created_at + 1)
    judged = replace(race([[over]], [], takers=[TAKER]), after=Snapshot.of([over, DONE], horizon=B.created_at))
    assert broken(judged) == (set() if enough else {FILL})


def test_without_an_order_on_the_other_side_fills_are_not_compared() -> None:
    less = canceled(B, filled_qty="39")
    assert broken(race([[A_OVER, less]], [A_OVER, less])) == set()


def test_what_an_account_traded_with_itself_the_caller_did_not_get() -> None:
    less = race([[canceled(A, filled_qty="59"), B_OVER]], [canceled(A, filled_qty="59"), B_OVER], takers=[TAKER])
    assert broken(less) == {"cancel.concurrent-fill"}
    older = order("older", filled_qty="0"), order("older", filled_qty="1", status="partially_filled")
    itself = filled_meanwhile(*({each.id: each} for each in older))
    assert itself == 1
    assert broken(replace(less, met_itself=itself)) == set()
