"""A body is read record by record, as it would be read whole."""

import json
from typing import Any

import pytest

from conformance import contract, every_answer
from conformance.oracle.records import read, read_array
from tests.orders import record

ONE, ANOTHER = record("a"), record("b", status="canceled")
ODD = record("c", symbol="A},{B", reject_reason='"}, {"')


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\n ", ":\t")])
@pytest.mark.parametrize("records", [[ONE], [ONE, ANOTHER], [ANOTHER, ONE, ANOTHER], [{}, ONE]])
def test_an_array_of_records_is_read_as_when_it_is_decoded_whole(
    records: list[dict[str, Any]], separators: tuple[str, str]
) -> None:
    body = f"\n [ {json.dumps(records, separators=separators)[1:-1]} ]\r\n".encode()
    assert read_array(body) == [read(each) for each in contract.decode(body)]


def test_an_indented_array_is_read_too() -> None:
    body = json.dumps([ONE, ANOTHER], indent=2).encode()
    assert read_array(body) == [read(ONE), read(ANOTHER)]


def test_one_reading_serves_all_pages_that_show_the_record() -> None:
    here, there = (json.dumps(records).encode() for records in ([ONE, ANOTHER], [ANOTHER]))
    first, again = read_array(here), read_array(there)
    assert first is not None
    assert again is not None
    assert first[1] is again[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"[1, 2]",
        b'[{"a": 1}, 2]',
        b'[{"a": 1}',
        b'{"a": 1}, {"b": 2}',
        b'[{"a": 1}, {"b": 2},]',
        b'[{"a": 1}{"b": 2}]',
        b'[{"a": 1}, {"b": NaN}]',
        b'[{"a": 1, "a": 2}]',
        b'[{"a": "\xff"}]',
        b'[{"fills": [{"a": 1}, {"b": 2}]}]',
        json.dumps([ODD]).encode(),
    ],
)
def test_what_is_no_plain_array_is_left_to_be_decoded_whole(body: bytes) -> None:
    assert read_array(body) is None


def test_braces_in_a_text_do_not_end_a_record_that_others_stand_beside() -> None:
    assert read_array(json.dumps([ONE, ODD]).encode()) is None
    assert read_array(json.dumps([ODD, ODD], separators=(",", ":")).encode()) is None


def test_what_a_record_is_found_right_by() -> None:
    right = read(ONE)
    assert set(every_answer.OF_RECORDS) < set(right.saw)
    assert "order.timestamps" in right.saw
    wrong = read(record("a", price=0.5))
    broken = {breach.requirement for breach in wrong.breaches} & set(every_answer.OF_RECORDS)
    assert broken
    assert set(wrong.saw) & set(every_answer.OF_RECORDS) == set(every_answer.OF_RECORDS) - broken


@pytest.mark.parametrize(
    ("odd", "id"), [(1, None), ("id", None), ({}, None), ({"x": 1}, None), ({"symbol": "X"}, ""), ({"id": "a"}, "a")]
)
def test_the_id_of_a_record_that_cannot_be_read(odd: Any, id: str | None) -> None:
    reading = read(odd)
    assert (reading.order, reading.id) == (None, id)
