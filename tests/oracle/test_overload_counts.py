"""What the rules of an overload count, what their findings show, and where they go on after an order is free."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.evidence import Exchange
from conformance.oracle.ledger import Ledger, Recovery, Seen
from conformance.oracle.overload import OVERLOAD, doubts
from conformance.orders import Order
from conformance.verdict import Breach
from tests.oracle.test_overload import CANCELED, OURS, breached, busy, cancel, entry, ledger, place
from tests.orders import order


def saw(judged: Ledger) -> dict[str, int]:
    return dict(OVERLOAD.judge(judged).saw)


def breach(judged: Ledger) -> Breach:
    [found] = OVERLOAD.judge(judged).breaches
    return found


def told(judged: Ledger) -> dict[str, str]:
    return dict(doubts(judged))


def shown() -> Exchange:
    return Exchange.__new__(Exchange)


def test_what_is_right_is_counted() -> None:
    assert saw(ledger([place(), busy(1)], [OURS])) == {
        "overload.documented": 1, "overload.no-loss": 2, "overload.recovers": 1, "overload.placing": 1
    }  # fmt: skip
    assert saw(ledger([place(), cancel(1, "a"), entry("list", 2)], [CANCELED])) == {
        "overload.lists-stay": 1, "overload.no-loss": 2, "overload.once": 2, "overload.recovers": 1,
        "overload.placing": 1,
    }  # fmt: skip
    assert saw(replace(ledger([cancel(1, "a")]), seen={}))["overload.once"] == 1


FILLED = replace(OURS, status="filled")
OTHER = order(id="b", symbol="Y")


@pytest.mark.parametrize(
    ("entries", "orders", "hidden"),
    [
        # Lists cannot show the first, and do not show the second.
        ([place(), replace(place(id="b"), symbol="Y"), busy(1)], [], {"X"}),
        # The first was filled, or canceled as it should, and the second was left live.
        ([place(), replace(place(id="b"), symbol="Y"), cancel(2), busy(3)], [FILLED, OTHER], ()),
        ([place(), replace(place(id="b"), symbol="Y"), cancel(2, "a"), busy(3)], [CANCELED, OTHER], ()),
    ],
)
def test_after_an_order_that_is_free_or_right_the_next_is_looked_at(
    entries: list[Any], orders: list[Order], hidden: Any
) -> None:
    assert breached(ledger(entries, orders, hidden=frozenset(hidden))) == ["overload.no-loss"]


def test_an_order_that_is_shown_in_a_market_that_hides_others_is_right() -> None:
    assert saw(ledger([place(), busy(1)], [OURS], hidden=frozenset({"X"})))["overload.no-loss"] == 2


def test_after_one_of_a_refused_cancel_all_the_next_untold_one_is_looked_at() -> None:
    """The first is of market X, whose cancel-alls were refused; of Y none was."""
    entries = [place(), place(2, id="c"), replace(place(id="b"), symbol="Y"), busy(2.5, symbol="X"), cancel(1)]
    canceled = [CANCELED, order(id="c", symbol="X", status="canceled"), replace(OTHER, status="canceled")]
    assert breached(ledger(entries, canceled)) == ["overload.no-loss", "overload.once"]


@pytest.mark.parametrize(("until", "requirement"), [(0.5, "overload.once"), (1.2, "cancel.busy-no-loss")])
def test_only_an_engine_that_stopped_after_it_was_placed_was_in_the_midst_of_it(until: float, requirement: str) -> None:
    entries = [place(0.5), busy(0.1, "ENGINE_RESTARTING", until=until), cancel(2)]
    found = breach(ledger(entries, [CANCELED]))
    assert found.requirement == requirement


def test_what_became_of_an_order_that_a_cancel_all_missed_is_told() -> None:
    assert breach(ledger([place(), busy(1), cancel(2)], [OURS])).got == "it is still live"
    later = ledger([place(), busy(1), cancel(2), cancel(3, "a")], [CANCELED])
    assert breach(later).got == "the answer of a later cancel-all has it"


def test_one_that_was_told_and_filled_is_told_wrongly_and_was_not_missed() -> None:
    assert breached(ledger([place(), busy(1), cancel(2), cancel(3, "a")], [FILLED])) == ["overload.once"]


def test_what_shows_it_is_told() -> None:
    stopped, accepted, placed = (shown() for _ in range(3))
    entries = [place(exchange=placed), busy(1, "ENGINE_RESTARTING", exchange=stopped), cancel(2, exchange=accepted)]
    assert breach(ledger(entries, [CANCELED])).exchanges == (placed, stopped)
    assert breach(ledger([entries[0], entries[2]], [CANCELED])).exchanges == (placed, accepted)
    refusals = [busy(1 + number / 10, exchange=shown()) for number in range(9)]
    found = breach(ledger([entries[0], *refusals], [CANCELED])).exchanges
    assert found == (placed, *(each.exchange for each in refusals[-6:]))


def test_of_orders_that_no_request_explains_the_refused_requests_are_shown() -> None:
    twin = order(id="b", symbol="X")
    mine = place(exchange=shown())
    refused = replace(place(1, "refused", None, status=503, code="ENGINE_BUSY"), exchange=shown())
    assert breach(ledger([mine, refused, busy(2)], [OURS, twin])).exchanges == refused.shown
    assert breach(ledger([mine, busy(2)], [OURS, twin])).exchanges == mine.shown


def test_where_one_account_is_shared_the_other_is_looked_at() -> None:
    twin, theirs = order(id="b", symbol="X"), order(id="c", symbol="X")
    seen = {"shared": Seen({"c": theirs}, foreign=1), "alice": Seen({"a": OURS, "b": twin})}
    found = breach(Ledger([place(), busy(2)], seen, [Recovery("alice", 30, 0.1, 1)]))
    assert found.requirement == "overload.once"


@pytest.mark.parametrize(("wrong", "last"), [("no JSON", "no JSON"), ("", "503 ENGINE_BUSY")])
def test_the_last_try_is_told(wrong: str, last: str) -> None:
    recoveries = [Recovery("alice", 30, None, 9, busy(9, wrong=wrong))]
    assert breach(replace(ledger([busy(0)]), recoveries=recoveries)).got == f"9 tries, the last: {last}"


@pytest.mark.parametrize(
    ("recovery", "why"),
    [
        (Recovery("alice", 30, None, 0), "no cancel-all was sent"),
        (Recovery("alice", 30, None, 1, busy(9, "ENGINE_RESTARTING")), "ENGINE_RESTARTING"),
        (Recovery("alice", 30, None, 1, cancel(9, ending="failed", wrong="HTML", gateway=True)), "HTML"),
    ],
)
def test_why_it_is_open_whether_it_recovered(recovery: Recovery, why: str) -> None:
    judged = replace(ledger([busy(0)]), recoveries=[recovery])
    assert told(judged) == {"overload.recovers": f"alice had not recovered within 30 s: {why}"}


def test_a_recovery_that_failed_is_no_doubt() -> None:
    assert told(replace(ledger([busy(0)]), recoveries=[Recovery("alice", 30, None, 9, busy(9))])) == {}


@pytest.mark.parametrize(
    ("answer", "doubted"),
    [
        (entry("list", 0, "failed", status=500), True),
        (entry("list", 0, "failed", status=502), False),
        (entry("list", 0, "failed", status=502, gateway=True), True),
        (entry("list", 0, "accepted", status=500), False),
        (place(0, "failed", None, status=500), False),
        (place(0, "failed", None, status=500, gateway=True), True),
    ],
)
def test_what_a_gateway_may_have_answered_is_doubted(answer: Any, doubted: bool) -> None:
    assert bool(told(ledger([answer, busy(1)]))) is doubted


def test_who_canceled_an_order_is_doubted_only_where_nobody_can_have() -> None:
    assert "overload.no-loss" not in told(ledger([place(), busy(1)], [CANCELED]))
    assert "overload.no-loss" not in told(ledger([place(), cancel(1)], [CANCELED]))
    assert "overload.no-loss" in told(ledger([place(), busy(1, symbol="Y")], [CANCELED]))


@pytest.mark.parametrize(
    ("before", "hidden", "breaks"), [((), (), True), (("a",), (), False), ((), ("X",), False), ((), ("Y",), False)]
)
def test_an_order_that_is_told_and_that_no_list_shows(before: Any, hidden: Any, breaks: bool) -> None:
    known = {"before": dict.fromkeys(before, OURS), "hidden": frozenset(hidden)}
    assert breached(ledger([cancel(1, "a"), busy(2)], [], **known)) == (["overload.once"] if breaks else [])


def test_what_a_target_says_of_an_order_itself_is_right_or_free() -> None:
    assert breached(ledger([place(0, "unknown", None, status=500), busy(1)])) == []


def hung(kind: Any = "list", at: float = 0.0, until: float = 15.0) -> Any:
    return entry(kind, at, "unknown", until=until)


@pytest.mark.parametrize(
    ("other", "breaks"),
    [
        (busy(20), True),
        (hung("place", 14.9, 30), False),
        (hung("place", 15, 30), True),
        (hung("cancel-all", 16, 40), True),
        (hung("place", 2, 3), True),  # that one did not hang
        (entry("place", 2, "refused", until=40), True),
    ],
)
def test_a_list_hangs_alone_if_no_other_hangs_meanwhile(other: Any, breaks: bool) -> None:
    assert breached(ledger([hung(), other, busy(50)])) == (["overload.lists-stay"] if breaks else [])


def test_a_list_that_got_no_answer_hung_if_it_was_waited_for_as_long_as_the_samples_wait() -> None:
    assert breached(ledger([hung(until=5.0), busy(20)])) == ["overload.lists-stay"]
    assert breached(ledger([hung(until=4.9), busy(20)])) == []
    assert breached(ledger([hung(at=3, until=7.9), busy(20)])) == []
    assert breached(ledger([entry("list", 0, "refused", until=15), busy(20)])) == []


def test_a_list_hangs_where_others_are_answered_with_a_status() -> None:
    assert breached(ledger([hung(), place(20), busy(0.1)], [OURS])) == []
    assert breached(ledger([hung("place", -40, 0), hung(), busy(20)])) == ["overload.lists-stay"]


@pytest.mark.parametrize(
    ("statuses", "breaks"), [((417, 419, 428, 430, 499, 600), False), ((418, 429, 500, 599), True)]
)
def test_which_answers_are_not_about_the_order(statuses: tuple[int, ...], breaks: bool) -> None:
    for status in statuses:
        judged = ledger([place(0, "failed", None, status=status), busy(1)])
        assert breached(judged) == (["overload.placing"] if breaks else [])
