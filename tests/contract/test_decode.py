"""Strict JSON."""

from decimal import Decimal

import pytest

from conformance.contract import NotJson, decode


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[]", []),
        (b' {"a": null} ', {"a": None}),
        (b"0.10", Decimal("0.10")),
        (b"1778400000", 1778400000),
        ('"中文"'.encode(), "中文"),
        (b'"\\ud800"', "\ud800"),
    ],
)
def test_json_is_decoded(body: bytes, value: object) -> None:
    assert decode(body) == value


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[1,]", "no JSON"),
        (b"[] []", "no JSON"),
        (b"[NaN]", "NaN"),
        (b"-Infinity", "Infinity"),
        (b'{"a": 1, "a": 2}', "'a' twice"),
        (b'[{"a": {"b": 1, "b": 1}}]', "'b' twice"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b"9" * 5000, "4300 digits"),
        (b'"\xff"', "no UTF-8 at byte 1"),
        (b"\xef\xbb\xbf[]", "no JSON"),
    ],
)
def test_what_is_no_strict_json_is_refused_in_one_line(body: bytes, says: str) -> None:
    with pytest.raises(NotJson) as refused:
        decode(body)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
