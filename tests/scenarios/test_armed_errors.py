"""A call that is armed to fail, and the answer that counts."""

import contextlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.scenarios import armed_errors
from conformance.scenarios.armed_errors import _armed
from conformance.verdict import Inconclusive, Unreachable
from conformance.wire.client import Answer

BUSY, OTHER, DB_ERROR = (503, "ENGINE_BUSY"), (503, "OVERLOADED"), (500, "DB_ERROR")
BROKEN = (0, "")


def armed(error: str, *answers: tuple[int, str, int] | tuple[int, str]) -> tuple[int, Observations]:
    """The number of calls until one counts, and what was noted; the target answers so, one call after the other: with
    this status and code, and behind so many tries that broke off.
    """
    left, observations = list(answers), Observations()

    @contextlib.contextmanager
    def noting() -> Iterator[list[Exchange]]:
        yield []

    def send() -> Answer:
        status, code, tries_before = (*left.pop(0), 0)[:3]
        body = json.dumps({"error": code})
        exchange = Exchange("alice", "DELETE", "http://x/", {}, "", status, {}, body, 0, 1)
        if status == BROKEN[0]:
            raise Unreachable(exchange, dropped=True)
        return Answer(status, {}, body.encode(), exchange, tries_before)

    driver = SimpleNamespace(noting=noting, fault=lambda *_: None)
    stage: Any = SimpleNamespace(
        driver=driver, caller=SimpleNamespace(observations=observations, was_away=lambda: True)
    )
    _armed(stage, error, send)
    return len(answers) - len(left), observations


def test_what_is_armed_counts_at_once() -> None:
    assert armed("ENGINE_BUSY", BUSY, BUSY)[0] == 1
    assert armed("DB_ERROR", DB_ERROR)[0] == 1
    assert armed("ENGINE_BUSY", (200, ""), BUSY)[0] == 1


def test_a_503_of_another_code_counts_only_if_it_comes_again() -> None:
    calls, observations = armed("ENGINE_BUSY", OTHER, BUSY)
    assert calls == 2
    assert list(observations.in_passing) == ["cancel.busy-code"]
    calls, observations = armed("ENGINE_BUSY", OTHER, OTHER, BUSY)
    assert calls == 2
    assert not observations.in_passing


def test_a_list_waits_until_the_engine_is_not_busy() -> None:
    assert armed("DB_ERROR", BUSY, BUSY, DB_ERROR)[0] == 3
    with pytest.raises(Inconclusive, match="DB_ERROR was armed"):
        armed("DB_ERROR", *[BUSY] * 5)


def test_what_throttles_is_no_answer_to_what_was_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(armed_errors, "THROTTLE_WAIT_S", 0)
    assert armed("ENGINE_BUSY", (429, "TOO_MANY"), (418, ""), BUSY)[0] == 3
    with pytest.raises(Inconclusive, match="the last of 5 answers was 429 TOO_MANY"):
        armed("ENGINE_BUSY", *[(429, "TOO_MANY")] * 6)


def test_what_is_throttled_only_where_it_is_armed_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(armed_errors, "THROTTLE_WAIT_S", 0)
    assert armed("ENGINE_BUSY", (429, "ENGINE_BUSY"), BUSY)[0] == 1
    assert armed("ENGINE_BUSY", *[(429, "TOO_MANY")] * 5, (200, ""))[0] == 6


GONE = (502, "")


def test_the_answer_of_a_gateway_counts_only_where_each_call_earns_it() -> None:
    assert armed("DB_ERROR", GONE, GONE, DB_ERROR)[0] == 3
    assert armed("DB_ERROR", *[GONE] * 5)[0] == 5
    assert armed("ENGINE_BUSY", *[GONE] * 5)[0] == 5


def test_a_cancel_all_whose_answer_a_gateway_may_have_lost_is_not_judged() -> None:
    with pytest.raises(Inconclusive, match="may have been done all the same"):
        armed("ENGINE_BUSY", GONE, BUSY)


def test_what_answers_behind_a_try_that_broke_off_may_not_have_been_armed() -> None:
    assert armed("DB_ERROR", (200, "", 1), DB_ERROR)[0] == 2
    for lost in ((200, "", 1), BROKEN):
        with pytest.raises(Inconclusive, match="broke off"):
            armed("ENGINE_BUSY", lost, BUSY)


def test_a_call_that_broke_off_is_armed_again() -> None:
    assert armed("DB_ERROR", BROKEN, DB_ERROR)[0] == 2
    with pytest.raises(Unreachable):
        armed("DB_ERROR", *[BROKEN] * 5)
