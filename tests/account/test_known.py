"""What the suite knows of a target: its clock, whose orders are whose, and when a contradiction counts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.account.account import Page
from conformance.account.clock import TargetClock
from conformance.account.known import Known
from conformance.account.ownership import Ownership
from conformance.account.ticket import Ticket
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.verdict import Violation
from conformance.wire.signer import Credential
from tests.orders import order, record

EXCHANGE = Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", 0.0, 1.0)
A, B = order("a", created_at=1_778_400_001), order("b")


class Pages:
    """An account that shows these orders, one answer after the other; the last one for ever."""

    credentials = ("jwt",)

    def __init__(self, *answers: Sequence[Order]) -> None:
        self.observations = Observations(["list.array"])
        self._answers = list(answers)

    def list(self, query: Query, credential: Credential | None = None) -> Page:
        orders = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return Page(query, tuple(orders), EXCHANGE, credential or "jwt")


def known(account: Pages, *snapshots: Sequence[Order]) -> Known:
    taken = list(snapshots)

    def take() -> Snapshot:
        return Snapshot.of(taken.pop(0) if len(taken) > 1 else taken[0])

    return Known(account, take)  # type: ignore[arg-type]


def test_a_list_that_agrees_is_explained() -> None:
    account = Pages([A, B])
    known(account, [A, B]).explains(account.list(Query()))


def test_a_contradiction_that_is_met_again_is_a_violation() -> None:
    account = Pages([A])
    with pytest.raises(Violation, match="without it"):
        known(account, [A, B]).explains(account.list(Query()))


def test_one_that_shows_now_and_then_is_met_again() -> None:
    account = Pages([A], [A, B], [A, B], [A])
    with pytest.raises(Violation, match="without it"):
        known(account, [A, B]).explains(account.list(Query()))


def test_one_that_is_not_met_again_leaves_a_doubt() -> None:
    account = Pages([A], [A, B])
    known(account, [A, B]).explains(account.list(Query()))
    assert "contradicted a snapshot" in account.observations.doubts["list.array"]


def test_one_that_a_change_explains_leaves_nothing() -> None:
    filled = order("b", status="filled", filled_qty="100", avg_fill_price="0.5")
    account = Pages([A, filled])
    known(account, [A, B], [A, filled]).explains(account.list(Query()))
    assert account.observations.doubts == {}


def test_the_targets_clock_is_bounded_by_what_was_placed() -> None:
    clock = TargetClock()
    assert clock.window(100.0, 100.1) is None
    clock.learn(order("a", created_at=1_778_400_003), 1_778_400_000.2, 1_778_400_000.3)
    earliest, latest = clock.window(1_778_400_010.0, 1_778_400_010.1) or (0, 0)
    assert earliest <= 1_778_400_013 <= latest
    assert latest - earliest <= 5
    clock.learn(order("b", created_at=1_778_400_006), 1_778_400_002.9, 1_778_400_003.0)
    assert clock.window(1_778_400_010.0, 1_778_400_010.1) == (1_778_400_012, 1_778_400_015)


def test_a_clock_that_was_set_is_learned_anew() -> None:
    clock = TargetClock()
    clock.learn(order("a", created_at=1_778_400_000), 1_778_400_000.2, 1_778_400_000.3)
    clock.learn(order("b", created_at=1_778_400_501), 1_778_400_001.2, 1_778_400_001.3)
    earliest, _ = clock.window(1_778_400_010.0, 1_778_400_010.1) or (0, 0)
    assert earliest > 1_778_400_500


def test_whose_order_it_is() -> None:
    own = Ownership()
    own.begin([order("old")])
    own.ask_for(unnamed(), "named")
    own.ask_for(unnamed(quantity="7"))
    assert not own.all_seen()
    shown = [order("old"), order("named"), order("x", quantity="7"), order("stranger", quantity="7")]
    own.recognize(shown)
    assert [own.owns(each) for each in shown] == [False, True, True, False]
    assert own.all_seen()


@pytest.mark.parametrize("takes_ids", [True, False])
def test_an_injected_order_is_known_by_its_id_where_the_target_takes_it_and_by_its_looks_elsewhere(
    takes_ids: bool,
) -> None:
    own = Ownership()
    own.begin([])
    for id in ("a", "b"):
        own.ask_for(Ticket.of_record(record(id)))
    shown = [order("another", created_at=1_778_400_001), order("a" if takes_ids else "x")]
    own.recognize(shown)
    assert [own.owns(each) for each in shown] == ([False, True] if takes_ids else [True, True])
    assert own.all_seen() != takes_ids
    own.give_up()
    assert own.lost == takes_ids


def test_an_injected_order_that_goes_by_another_id_is_known_by_all_else() -> None:
    own = Ownership()
    own.begin([])
    for id in ("a", "b"):
        own.ask_for(Ticket.of_record(record(id, filled_qty="1", status="partially_filled")))
    later, renamed = order("later", status="open"), order("c", filled_qty="1.0", status="partially_filled")
    own.recognize([order("a", filled_qty="1", status="partially_filled"), later, renamed])
    assert [own.owns(each) for each in (later, renamed)] == [False, True]
    assert own.all_seen()


def unnamed(**changed: Any) -> Ticket:
    return replace(Ticket.of_record(record(**changed)), record=None)


def test_an_attempt_that_broke_off_may_have_left_an_order() -> None:
    own = Ownership()
    own.begin([])
    own.ask_for(unnamed(), "a", perhaps_twice=True)
    own.recognize([order("a")])
    assert own.all_seen()
    own.recognize([order("a"), order("its-double"), order("a-third")])
    assert own.owns(order("its-double"))
    assert not own.owns(order("a-third"))


def test_what_never_shows_is_given_up() -> None:
    own = Ownership()
    own.ask_for(unnamed(), "a")
    own.ask_for(unnamed())
    own.give_up()
    assert own.all_seen()
    assert own.lost == 2
