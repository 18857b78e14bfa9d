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


def test_of_six_orders_each_has_its_line_and_of_seven_no_more() -> None:
    assert excerpt(json.dumps(MANY[:6]), "").splitlines() == [
        "[",
        *(f"  {json.dumps(each)}," for each in MANY[:5]),
        f"  {json.dumps(MANY[5])}",
        "]",
    ]
    lines = excerpt(json.dumps(MANY[:7]), "").splitlines()
    assert lines == [
        "[",
        *(f"  {json.dumps(each)}," for each in MANY[:2]),
        "  … 4 more …",
        f"  {json.dumps(MANY[6])}",
        "]",
    ]


def test_what_is_left_out_is_counted_on_both_sides() -> None:
    lines = excerpt(json.dumps(MANY[:12]), "id-000 and id-009").splitlines()
    assert [line for line in lines if "…" in line] == ["  … 6 more …", "  … 1 more …"]
    assert "id-011" not in lines[-2]


@pytest.mark.parametrize(("body", "length"), [("x" * 9000, 4000), (json.dumps([["y" * 9000]] * 3), 12000)])
def test_what_is_no_list_of_orders_is_cut_off(body: str, length: int) -> None:
    assert excerpt(body, "") == body[:length]


def test_a_long_order_and_what_stands_behind_the_list_are_cut_off() -> None:
    body = json.dumps({"canceled": [{"id": "a", "note": "x" * 9000}, {"id": "b"}], "note": "y" * 9000})
    lines = excerpt(body, "").splitlines()
    assert lines[1] == f"  {json.dumps({'id': 'a', 'note': 'x' * 9000})[:4000]},"
    assert lines[2] == '  {"id": "b"}'
    assert len(lines[3]) == 4000
    assert lines[3].startswith('], "note": "yyy')


def test_of_many_that_are_named_the_first_six_are_shown() -> None:
    about = " ".join(f"id-{number:03}" for number in range(10, 150, 10))
    lines = excerpt(json.dumps(MANY), about).splitlines()
    shown = [json.loads(line.rstrip(","))["id"] for line in lines[1:-1] if "…" not in line]
    assert shown == [f"id-{n:03}" for ten in range(10, 70, 10) for n in (ten - 1, ten, ten + 1)]


@pytest.mark.parametrize("id", [None, ""])
def test_an_order_without_an_id_is_named_by_nothing(id: str | None) -> None:
    body = json.dumps([*MANY[:4], {"id": id}, *MANY[4:9]])
    assert [line for line in excerpt(body, "id-000 None").splitlines() if "…" in line] == ["  … 8 more …"]


def test_a_number_as_an_id_is_found() -> None:
    body = json.dumps([{"id": 100 + number} for number in range(20)])
    assert '  {"id": 107},' in excerpt(body, "107 is shown twice").splitlines()


def test_a_body_that_breaks_off_shows_what_came() -> None:
    body = json.dumps(MANY[:9])[:-5]
    lines = excerpt(body, "id-001").splitlines()
    assert "id-002" in lines[3]
    assert lines[4] == "  … 5 more …"
