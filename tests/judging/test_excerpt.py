"""What is shown of a long answer."""

import json

import pytest

from conformance.judging.excerpt import excerpt
from tests.orders import record

MANY = [record(f"id-{number:03}") for number in range(200)]


@pytest.mark.parametrize("wrapped", [False, True])
def test_of_many_orders_those_that_matter_are_shown_with_their_neighbours(wrapped: bool) -> None:
    body = json.dumps({"canceled": MANY} if wrapped else MANY)
    lines = excerpt(body, "id-007 (DFUSDT buy) above id-199 (DFUSDT sell)").splitlines()
    assert lines[0] == ('{"canceled": [' if wrapped else "[")
    assert lines[-1] == ("]}" if wrapped else "]")
    assert [line[:19] for line in lines[1:-1]] == [
        "  … 6 more …",
        '  {"symbol": "DFUSDT'[:19],
        '  {"symbol": "DFUSDT'[:19],
        '  {"symbol": "DFUSDT'[:19],
        "  … 189 more …",
        '  {"symbol": "DFUSDT'[:19],
        '  {"symbol": "DFUSDT'[:19],
    ]
    shown = [json.loads(line.rstrip(",")) for line in lines[1:-1] if "…" not in line]
    assert [each["id"] for each in shown] == ["id-006", "id-007", "id-008", "id-198", "id-199"]


def test_what_stands_behind_them_stays() -> None:
    body = json.dumps({"canceled": MANY, "count": 200})
    assert excerpt(body, "").splitlines()[-1] == '], "count": 200}'


def test_where_none_is_named_the_ends_are_shown() -> None:
    lines = excerpt(json.dumps(MANY), "200 orders").splitlines()
    assert [line for line in lines if "…" in line] == ["  … 197 more …"]
    assert "id-000" in lines[1]
    assert "id-199" in lines[-2]


def test_what_is_shown_is_spelled_as_it_came() -> None:
    orders = ",\n".join(f'{{"id": "{number}", "price": 1.50, "price": 2}}' for number in range(9))
    assert '  {"id": "4", "price": 1.50, "price": 2},' in excerpt(f"[\n{orders}\n]", "4").splitlines()


@pytest.mark.parametrize("body", ["", "[]", '{"canceled": []}', '{"error": "DB_ERROR"}', "<html>", "[1, 2", "[{}, {}]"])
def test_what_holds_no_orders_stays_as_it_is(body: str) -> None:
    assert excerpt(body, "id-001") == body


def test_of_few_orders_each_has_its_line() -> None:
    body = json.dumps({"canceled": MANY[:2]})
    assert [line[:3] for line in excerpt(body, "").splitlines()] == ['{"c', "  {", "  {", "]}"]


@pytest.mark.parametrize(
    "body", ["x" * 9000, "[" * 9000, json.dumps([["y" * 9000]] * 9), json.dumps(MANY)[:20000], "[" + "9" * 5000]
)
def test_it_is_never_long(body: str) -> None:
    assert len(excerpt(body, "")) <= 3 * 4000 + 200
