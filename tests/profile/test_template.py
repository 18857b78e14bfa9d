"""Placeholders, and what becomes of them."""

from decimal import Decimal

import pytest

from conformance.profile.template import Action, UnfillableError


def body_of(body: object, **values: object) -> object:
    return Action("POST", path="/x", body=body).fill(values).body


def test_a_placeholder_alone_takes_the_type_of_its_value() -> None:
    orders = [{"id": "1", "price": None}]
    filled = body_of({"o": "{orders}", "t": "{times}", "p": "{price}"}, orders=orders, times=3, price="0.50")
    assert filled == {"o": orders, "t": 3, "p": "0.50"}


def test_a_decimal_is_text_without_an_exponent() -> None:
    assert body_of({"p": "{price}", "q": "at {price}"}, price=Decimal("1E-8")) == {
        "p": "0.00000001",
        "q": "at 0.00000001",
    }


def test_inside_a_text_every_value_is_text() -> None:
    filled = body_of({"a": "{symbol}-{side}/{times}", "b": "x{orders}"}, symbol="S", side="buy", times=3, orders=["é"])
    assert filled == {"a": "S-buy/3", "b": 'x["é"]'}


@pytest.mark.parametrize("values", [{"price": None}, {}])
def test_null_drops_its_key(values: dict[str, None]) -> None:
    assert body_of({"price": "{price}", "note": "at {price}", "n": {"price": "{price}"}, "z": 0}, **values) == {
        "n": {},
        "z": 0,
    }


def test_in_an_array_null_keeps_its_place() -> None:
    assert body_of([["{price}", "{side}"], {"p": "{price}"}], price=None, side="buy") == [[None, "buy"], {}]


def test_a_body_may_be_one_placeholder_or_none_at_all() -> None:
    assert body_of("{orders}", orders=[1]) == [1]
    assert body_of("{orders}", orders=None) is None
    assert body_of(None) is None


def test_what_is_no_placeholder_stays() -> None:
    body = {"n": 1, "f": 1.5, "b": True, "json": '{"a": {}, "b": "{side}"}', "s": "{ side }"}
    assert body_of(body, side="buy") == body | {"json": '{"a": {}, "b": "buy"}'}


def test_a_value_is_not_filled_in_again() -> None:
    assert body_of({"a": "{side}", "b": "-{side}"}, side="{price}", price="1") == {"a": "{price}", "b": "-{price}"}


def test_the_template_is_left_as_it_was() -> None:
    body = {"a": ["{side}"], "b": {"c": "{price}"}}
    body_of(body, side="buy", price=None)
    assert body == {"a": ["{side}"], "b": {"c": "{price}"}}


def test_a_path_stands_below_the_base_url_and_is_percent_encoded() -> None:
    action = Action("DELETE", path="/orders/{id}/{symbol}", base_url="https://h/v1")
    assert action.fill({"id": "a/b?c#d e&é", "symbol": "S"}).url == "https://h/v1/orders/a%2Fb%3Fc%23d%20e%26%C3%A9/S"


def test_a_url_is_percent_encoded_too_and_stands_alone() -> None:
    action = Action("POST", url="http://hook/{account}?n={times}", base_url="https://h/v1")
    assert action.fill({"account": "a b", "times": 2}).url == "http://hook/a%20b?n=2"


@pytest.mark.parametrize("value", ["", ".", "..", None])
def test_a_value_that_would_make_it_another_address_is_refused(value: str | None) -> None:
    with pytest.raises(UnfillableError, match=r"\{id\}"):
        Action("DELETE", path="/orders/{id}").fill({"id": value})


def test_an_id_that_no_encoding_has_is_not_the_end_of_the_run() -> None:
    assert Action("DELETE", path="/orders/{id}").fill({"id": "a\ud800"}).url == "/orders/a%3F"


def test_headers_are_filled_as_text_and_dropped_for_null() -> None:
    action = Action(
        "POST", path="/x", headers={"X-Who": "{account}", "X-N": "{times}", "X-Id": "{client_id}", "X-Env": "blue"}
    )
    filled = action.fill({"account": "alice", "times": 3, "client_id": None})
    assert filled.headers == {"X-Who": "alice", "X-N": "3", "X-Env": "blue"}


def test_each_placeholder_is_found_where_it_stands() -> None:
    action = Action("POST", path="/{id}", headers={"X": "{a}{b}"}, body={"k": [{"l": "{c}"}], "m": "{ d } {}"})
    assert list(action.placeholders()) == [
        ("path", "id"),
        ("headers.X", "a"),
        ("headers.X", "b"),
        ("body.k[0].l", "c"),
    ]
