"""What is known of an order whose record does not tell it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from conformance.account.otherwise import Otherwise
from conformance.account.ticket import Ticket
from conformance.evidence import Exchange
from conformance.oracle.records import read
from conformance.oracle.settled import Settled
from conformance.orders import Order, PartOfOrder, Query
from conformance.verdict import NoList, Unread
from tests.orders import order, record

CAME = Exchange("alice", "GET", "http://h/", {}, "", 200, {}, "", 0.0, 0.0)
FIXED = ("symbol", "side", "type", "price", "quantity", "created_at")


def without(*names: str, **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in record(**changed).items() if name not in names}


def part(id: str = "a", **changed: Any) -> Order:
    """An order whose status cannot be read."""
    return Order.from_json(without("status", id=id, **changed), partly=True)


class Lists:
    """Lists by status. `asked`: by which they were asked for."""

    def __init__(self, shown: Mapping[str, Sequence[Order]]) -> None:
        self.shown = shown
        self.asked: list[Query] = []

    def __call__(self, query: Query) -> Sequence[Order]:
        self.asked.append(query)
        orders = [each for each in self.shown.get(query.status or "", ()) if each.created_at <= (query.end or 2**40)]
        return orders[: query.limit]


def known(settled: Settled | None = None, **shown: Sequence[Order]) -> tuple[Otherwise, Lists]:
    lists = Lists(shown)
    return Otherwise(settled or Settled(), lists, "jwt"), lists


def statuses(otherwise: Otherwise, *orders: Order) -> dict[str, str]:
    return {id: each.status for id, each in otherwise.with_statuses({each.id: each for each in orders}).items()}


@pytest.mark.parametrize("name", FIXED)
def test_what_never_changes_is_known_from_another_record_of_the_order(name: str) -> None:
    settled = Settled()
    settled.learn([order()], CAME)
    completed = known(settled)[0].complete(read(without(name)))
    assert completed is not None
    assert completed.identity == order().identity
    assert completed.unread == {name}
    assert not completed.unknown


@pytest.mark.parametrize("name", FIXED[:-1])
def test_or_from_what_was_asked_for(name: str) -> None:
    otherwise, _ = known()
    otherwise.asked_for("a", Ticket.of_record(record()))
    completed = otherwise.complete(read(without(name)))
    assert completed is not None
    assert completed.identity == order().identity


def test_when_an_order_was_created_that_was_injected() -> None:
    otherwise, _ = known()
    otherwise.asked_for("a", Ticket.of_record(record()))
    completed = otherwise.complete(read(without("created_at", updated_at=1_778_400_009)))
    assert completed is not None
    assert completed.created_at == order().created_at


def test_an_order_that_was_placed_was_created_about_when_it_is_first_seen_updated() -> None:
    otherwise, _ = known()
    otherwise.asked_for("a", Ticket("DFUSDT", "buy", "limit", order().price, order().quantity))
    for updated_at in (1_778_400_001, 1_778_400_009):
        completed = otherwise.complete(read(without("created_at", updated_at=updated_at)))
        assert completed is not None
        assert completed.created_at == 1_778_400_001
    otherwise.asked_for("b", Ticket("DFUSDT", "buy", "limit", order().price, order().quantity))
    assert otherwise.complete(read(without("created_at", "updated_at", id="b"))) is None


@pytest.mark.parametrize("sent", [without("symbol"), without("id"), None, {"total": 1}], ids=str)
def test_of_what_nobody_knows_there_is_no_order(sent: Any) -> None:
    assert known()[0].complete(read(sent)) is None


def test_a_record_that_can_be_read_is_taken_at_its_word() -> None:
    otherwise, _ = known()
    otherwise.asked_for("a", Ticket.of_record(record(symbol="DFUSDT2")))
    assert otherwise.complete(read(record())) == order()


def test_the_answer_tells_the_status_of_all_of_its_orders() -> None:
    completed = known()[0].complete(read(without("status")), "canceled")
    assert completed is not None
    assert completed.status == "canceled"
    assert completed.unread == {"status"}


def test_without_it_the_status_is_unknown() -> None:
    completed = known()[0].complete(read(without("status")))
    assert isinstance(completed, PartOfOrder)
    for name in ("status", "live"):
        with pytest.raises(Unread, match="status of the order a cannot be read"):
            getattr(completed, name)
    assert str(completed) == "a (DFUSDT buy ?, created 1778400000)"


def test_lists_by_status_tell_the_status() -> None:
    otherwise, lists = known(open=[order("a")], partially_filled=[order("b")])
    assert statuses(otherwise, part("a"), part("b"), order("c", status="expired")) == {
        "a": "open",
        "b": "partially_filled",
        "c": "expired",
    }
    assert [each.status for each in lists.asked] == ["open", "partially_filled"]


def test_no_list_is_asked_for_where_each_status_can_be_read() -> None:
    otherwise, lists = known()
    assert statuses(otherwise, order("a")) == {"a": "open"}
    assert not lists.asked


def test_what_is_shown_by_two_statuses_has_none() -> None:
    otherwise, _ = known(open=[order("a")], partially_filled=[order("a")])
    assert statuses(otherwise, part("a"), order("b")) == {"b": "open"}


def test_an_order_tells_by_itself_that_it_is_over() -> None:
    filled = part("a", filled_qty="100", avg_fill_price="0.5")
    otherwise, lists = known()
    assert statuses(otherwise, filled, part("b", reject_reason="NO_FUNDS")) == {"a": "filled", "b": "rejected"}
    assert len(lists.asked) == 2


def test_what_a_cancel_all_has_told_is_canceled_unless_a_list_shows_it_live() -> None:
    settled = Settled()
    settled.tell([order("a", status="canceled"), order("b", status="canceled")], CAME)
    otherwise, lists = known(settled, open=[order("b")])
    assert statuses(otherwise, part("a"), part("b")) == {"a": "canceled", "b": "open"}
    assert len(lists.asked) == 2


def test_what_is_over_is_looked_for_once() -> None:
    otherwise, lists = known(expired=[order("a")])
    for _ in range(2):
        assert statuses(otherwise, part("a"), part("b")) == {"a": "expired"}
    assert [each.status for each in lists.asked] == [
        "open",
        "partially_filled",
        "filled",
        "canceled",
        "rejected",
        "expired",
        "open",
        "partially_filled",
    ]


def test_lists_by_status_are_read_back_to_the_oldest_order() -> None:
    many = [order(f"{number}", created_at=1_778_400_500 - number) for number in range(450)]
    otherwise, lists = known(open=many)
    oldest = part("449", created_at=many[-1].created_at)
    assert statuses(otherwise, oldest) == {"449": "open"}
    assert len([each for each in lists.asked if each.status == "open"]) == 3


def test_a_status_by_which_there_is_no_list_tells_nothing() -> None:
    def none(_: Query) -> Sequence[Order]:
        raise NoList("it is null")

    assert not statuses(Otherwise(Settled(), none, "jwt"), part("a"))
