"""Which orders of an account are this run's own."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.account.ownership import Ownership
from conformance.account.ticket import Ticket
from conformance.oracle.snapshot import Snapshot
from tests.orders import order, record


def test_whose_order_it_is() -> None:
    own = Ownership()
    own.begin(Snapshot.of([order("old")]))
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
    own.begin(Snapshot.of([]))
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
    own.begin(Snapshot.of([]))
    for id in ("a", "b"):
        own.ask_for(Ticket.of_record(record(id, filled_qty="1", status="partially_filled")))
    later, renamed = order("later", status="open"), order("c", filled_qty="1.0", status="partially_filled")
    own.recognize([order("a", filled_qty="1", status="partially_filled"), later, renamed])
    assert [own.owns(each) for each in (later, renamed)] == [False, True]
    assert own.all_seen()


@pytest.mark.parametrize("seen", [True, False])
def test_an_order_is_certain_by_an_answer_or_by_all_that_was_injected(seen: bool) -> None:
    own = Ownership()
    own.begin(Snapshot.of([]))
    own.ask_for(unnamed(quantity="7"), "named")
    own.ask_for(unnamed(quantity="8"))
    own.ask_for(Ticket.of_record(record("sent")))
    named, alike = order("named", quantity="7"), order("alike", quantity="8")
    renamed, of_another_second = order("1"), order("2", created_at=1_778_400_001)
    if seen:
        own.recognize([named, alike, of_another_second, renamed])
    certain = [own.owns_for_certain(each) for each in (named, renamed, alike, of_another_second)]
    assert certain == [True, True, False, False]


def unnamed(**changed: Any) -> Ticket:
    return replace(Ticket.of_record(record(**changed)), record=None)


def test_an_attempt_that_broke_off_may_have_left_an_order() -> None:
    own = Ownership()
    own.begin(Snapshot.of([]))
    own.ask_for(unnamed(), "a", tries_before=1)
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
    assert own.unshown == {"a"}
    own.recognize([order("a")])
    assert not own.unshown
