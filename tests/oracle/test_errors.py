"""What an error must be, and how long an answer may take."""

from typing import Any

import pytest

from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.errors import BUSY, DB_ERROR, armed_error, busy_in_the_wild, overloaded, slow

MISFITS: list[Any] = [
    None,
    [],
    "ENGINE_BUSY",
    {},
    {"code": "ENGINE_BUSY"},
    *({"error": code} for code in (None, 7, "")),
]


def broken(armed: str, status: int, document: Any) -> set[str | None]:
    return {breach.requirement for breach in armed_error(armed, status, document)}


@pytest.mark.parametrize(
    ("armed", "status", "code"),
    [
        ("DB_ERROR", 500, "DB_ERROR"),
        ("ENGINE_BUSY", 503, "ENGINE_BUSY"),
        ("ENGINE_RESTARTING", 503, "ENGINE_RESTARTING"),
        ("spot trading disabled", 503, "spot trading disabled"),
        ("ENGINE_BUSY", 503, "ENGINE_RESTARTING"),  # why an engine is busy may change between arming and asking
    ],
)
def test_a_documented_error(armed: str, status: int, code: str) -> None:
    assert broken(armed, status, {"error": code}) == set()
    assert broken(armed, status, {"error": code, "message": "try later"}) == set()


@pytest.mark.parametrize(
    ("armed", "status", "code", "requirement"),
    [
        (DB_ERROR, 200, DB_ERROR, "list.db-error"),
        (DB_ERROR, 503, DB_ERROR, "list.db-error"),
        (DB_ERROR, 500, "db_error", "list.db-error"),
        (DB_ERROR, 500, "ENGINE_BUSY", "list.db-error"),
        *((busy, 500, busy, "cancel.busy") for busy in BUSY),
        ("ENGINE_BUSY", 200, "ENGINE_BUSY", "cancel.busy"),
        ("ENGINE_BUSY", 429, "ENGINE_BUSY", "cancel.busy"),
        ("ENGINE_BUSY", 503, "engine_busy", "cancel.busy"),
        ("ENGINE_BUSY", 503, DB_ERROR, "cancel.busy"),
        ("spot trading disabled", 503, "SPOT_TRADING_DISABLED", "cancel.busy"),
    ],
)
def test_another_status_or_code(armed: str, status: int, code: str, requirement: str) -> None:
    assert broken(armed, status, {"error": code}) == {requirement}


@pytest.mark.parametrize("document", MISFITS)
def test_a_documented_error_in_another_form(document: Any) -> None:
    assert broken(DB_ERROR, 500, document) == {"list.db-error", "error.envelope"}
    assert broken("ENGINE_BUSY", 503, document) == {"cancel.busy", "error.envelope"}


def test_a_page_of_html_is_told_as_no_json_object() -> None:
    form, armed = armed_error("DB_ERROR", 500, None)
    assert (form.got, armed.got) == ("a body that is not a JSON object", "500 without a JSON object")
    [lost] = overloaded(502, None, "to one of 100 lists")
    assert lost.got == "502 without a JSON object to one of 100 lists"


def test_the_form_of_an_answer_with_another_status_is_not_judged() -> None:
    assert broken("ENGINE_BUSY", 200, {"canceled": []}) == {"cancel.busy"}


@pytest.mark.parametrize("code", BUSY)
def test_a_503_in_the_wild_with_a_documented_code(code: str) -> None:
    assert list(busy_in_the_wild({"error": code})) == []


@pytest.mark.parametrize("document", [*MISFITS, {"error": "OVERLOADED"}, {"error": DB_ERROR}])
def test_a_503_in_the_wild_that_is_odd(document: Any) -> None:
    assert [breach.requirement for breach in busy_in_the_wild(document)] == ["cancel.busy-code"]


@pytest.mark.parametrize(
    ("operation", "elapsed_ms", "late"),
    [
        (LIST, 0.4, False),
        (LIST, 5000.0, False),
        (LIST, 5000.1, True),
        (CANCEL_ALL, 5000.1, False),
        (CANCEL_ALL, 10_000.0, False),
        (CANCEL_ALL, 10_000.1, True),
    ],
)
def test_an_answer_comes_within_what_the_samples_wait(operation: Operation, elapsed_ms: float, late: bool) -> None:
    assert [breach.requirement for breach in slow(operation, elapsed_ms)] == (["latency"] if late else [])


def test_how_late_an_answer_came_is_told_in_seconds() -> None:
    [breach] = slow(LIST, 1_234_560.0)
    assert (breach.want, breach.got) == ("an answer within 5 s", "one after 1234.6 s")


@pytest.mark.parametrize("code", BUSY)
def test_in_a_burst_a_documented_503_is_fine(code: str) -> None:
    assert list(overloaded(503, {"error": code}, "")) == []
    assert not any(list(overloaded(status, None, "")) for status in (None, 200, 401, 499))


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (429, {"error": "ENGINE_BUSY"}),
        (418, None),
        (503, {"error": "OVERLOADED"}),
        (503, None),
        (500, {}),
        (502, None),
        (500, {"error": "ENGINE_BUSY"}),
    ],
)
def test_in_a_burst_nothing_is_throttled_and_no_server_fails(status: int, document: Any) -> None:
    [breach] = overloaded(status, document, "to one of 100")
    assert breach.requirement == "weight.zero"
    assert str(status) in breach.got
    assert "to one of 100" in breach.got
