"""Records that call fields, or words, by other names than the documents: a violation, and read all the same."""

from decimal import Decimal
from typing import Any

import pytest

from conformance.fields import Unreadable
from conformance.oracle.records import read
from conformance.orders import FIELDS, Order, PartOfOrder
from conformance.spelled import meant
from conformance.verdict import Unread
from tests.orders import record

CAMEL = {name[0] + name.title().replace("_", "")[1:]: value for name, value in record().items()}
ALL_AS_THEY_ARE = (CAMEL, {name.upper(): value for name, value in record().items()}, {"order": record()})


def broken(sent: object) -> set[str | None]:
    return {breach.requirement for breach in read(sent).breaches if breach.requirement != "order.id-uuid"}


@pytest.mark.parametrize("sent", ALL_AS_THEY_ARE)
def test_fields_by_other_names_are_read_and_break_one_requirement(sent: dict[str, Any]) -> None:
    assert read(sent).order == Order.from_json(record())
    assert broken(sent) == {"order.fields"}


@pytest.mark.parametrize(
    ("name", "other"),
    [("id", "orderId"), ("status", "state"), ("filled_qty", "executedQty"), ("created_at", "create_time")],
)
def test_a_field_as_other_exchanges_call_it(name: str, other: str) -> None:
    sent = {other if each == name else each: value for each, value in record().items()}
    assert read(sent).order == Order.from_json(record())
    [breach] = [each for each in read(sent).breaches if each.requirement == "order.fields"]
    assert f"no {name}, but {other}" in breach.got


def test_what_stands_under_another_name_has_to_be_spelled_right() -> None:
    assert broken({**CAMEL, "filledQty": 0, "updatedAt": "now"}) == {
        "order.fields",
        "order.decimals",
        "order.timestamps",
    }


def test_the_documents_name_goes_before_any_other() -> None:
    assert meant({**record(), "state": "filled", "orderId": "17"}) == {**record(), "state": "filled", "orderId": "17"}


@pytest.mark.parametrize(
    ("word", "status"),
    [("CANCELLED", "canceled"), ("partially-filled", "partially_filled"), ("New", "open"), ("done", "done")],
)
def test_words_of_a_status(word: str, status: str) -> None:
    fills = {"filled_qty": "5", "avg_fill_price": "0.5"} if status == "partially_filled" else {}
    sent = {**record(), **fills, "status": word}
    order = read(sent).order
    assert order is not None
    assert order.status == status
    assert broken(sent) == {"order.enums"}


def test_words_of_a_side() -> None:
    sent = {**record(), "side": "Bid"}
    assert read(sent).order == Order.from_json(record())
    assert broken(sent) == {"order.enums-words"}


@pytest.mark.parametrize(
    ("price", "quantity", "read_as"),
    [
        ("0,5000", "10,0", ("0.5", "10")),
        ("0,500", "10,000", ("0.5", "10")),  # the first tells of the second
        ("30,000", "1.5", ("30000", "1.5")),
        ("1,234.50", "10", ("1234.5", "10")),
        ("1.234,50", "1.000", ("1234.5", "1000")),
        ("1,234,567", "10", ("1234567", "10")),
        ("30,000", "10", None),  # 30, or thirty thousand
        ("0,5", "1.5", None),
        ("12,34.5", "10", None),
        ("1,2,3", "10", None),
    ],
)
def test_amounts_with_commas_are_read_where_they_can_mean_one_thing(
    price: str, quantity: str, read_as: tuple[str, str] | None
) -> None:
    amounts = {"price": price, "quantity": quantity, "filled_qty": "0", "avg_fill_price": "0"}
    found = read({**record(), **amounts})
    assert {breach.requirement for breach in found.breaches} - {"order.id-uuid"} == {"order.decimals"}
    read_amounts = found.order and (found.order.price, found.order.quantity)
    assert read_amounts == (read_as and tuple(map(Decimal, read_as)))


def without(name: str) -> dict[str, Any]:
    return {each: value for each, value in record(status="canceled").items() if each != name}


@pytest.mark.parametrize("name", FIELDS)
def test_a_record_without_a_field_breaks_one_requirement_and_says_nothing_of_that_field(name: str) -> None:
    sent = without(name)
    assert broken(sent) == {"order.fields"}
    order = read(sent).order
    if order is not None and name in order.unknown:
        with pytest.raises(Unread, match=f"{name} of the order a cannot be read"):
            getattr(order, name)


def test_what_cannot_be_read_is_not_compared() -> None:
    part, whole = Order.from_json(without("filled_qty")), Order.from_json(record(status="canceled"))
    assert isinstance(part, PartOfOrder)
    assert part.changes(whole) == whole.changes(part) == {}
    assert part != whole
    assert len({part, Order.from_json(without("filled_qty"))}) == 1


@pytest.mark.parametrize("name", ["id", "symbol", "side", "type", "status", "created_at"])
def test_an_order_that_cannot_be_told_from_others_is_not_read(name: str) -> None:
    with pytest.raises(Unreadable):
        Order.from_json(without(name))


@pytest.mark.parametrize(
    "at", [10**4299, -(10**4299), Decimal(10**20), "1" + 40 * "0"], ids=lambda at: type(at).__name__
)
def test_a_time_that_no_clock_can_tell_is_not_read(at: object) -> None:
    """Python cannot even print the longest of them in decimal."""
    with pytest.raises(Unreadable, match="created_at is further off than"):
        Order.from_json({**record(), "created_at": at})


def test_a_word_that_means_nothing_known_is_left_as_it_was_sent() -> None:
    """In small letters, a token that is sent for a side would not be recognized as one."""
    read = meant({**record(), "side": "Bearer-eyJHbG.The-Token", "type": "LIMIT"})
    assert (read["side"], read["type"]) == ("Bearer-eyJHbG.The-Token", "limit")
