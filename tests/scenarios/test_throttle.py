"""A driver that is throttled: it waits as long as the target says, and what it does is done."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import product

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.evidence import Exchange
from conformance.sandbox import Sandbox
from conformance.sandbox.face import Face
from conformance.stage import throttle
from conformance.stage.throttle import Throttle, asked_s
from conformance.stage.wishes import SIDES, Wish
from conformance.wire.client import Answer
from conformance.wire.side_by_side import SideBySide
from tests.sandboxes import stage_on


def throttled(retry_after: str | None = None, status: int = 429) -> Answer:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    exchange = Exchange("alice", "POST", "http://x", {}, "", status, headers, "", 0, 0)
    return Answer(status, headers, b"", exchange)


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [(None, 1, 1), ("7", 7, 7), ("0", 1, 1), ("-3", 1, 1), ("soon", 1, 1), ("1.5", 1, 1), ("86400", 30, 30)],
)
def test_as_long_as_the_target_asks_for_is_waited_within_reason(said: str | None, least: float, most: float) -> None:
    assert least <= asked_s(throttled(said)) <= most


def test_a_date_may_say_when_to_come_again() -> None:
    at = datetime.now(UTC) + timedelta(seconds=9)
    assert 7 <= asked_s(throttled(format_datetime(at, usegmt=True))) <= 9
    assert asked_s(throttled("Wed, 21 Oct 2026 07:28:00 -0000")) == 1


def test_a_target_that_throttles_for_ever_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sent = [0.0], 0

    def send() -> Answer:
        nonlocal sent
        sent += 1
        return throttled("20")

    monkeypatch.setattr(throttle, "sleep", lambda seconds: now.__setitem__(0, now[0] + max(0, seconds)))
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    holding = Throttle()
    assert holding.outlasting(send, lambda: None).status == 429
    assert now[0] == pytest.approx(240)
    assert sent == 13
    assert holding.outlasting(send, lambda: None).status == 429
    assert sent == 14


def test_what_waits_is_not_sent_any_more_once_another_one_has_failed() -> None:
    sent: list[str] = []
    holding, at_once = Throttle(), SideBySide(2)
    held = threading.Event()

    def slow() -> Answer:
        sent.append("slow")
        held.set()
        return throttled("20")

    def fails() -> Answer:
        held.wait()
        raise ValueError

    began = time.monotonic()
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        at_once.results([lambda: holding.outlasting(slow, at_once.go_on), fails])
    assert time.monotonic() - began < 5
    time.sleep(0.5)
    assert sent == ["slow"]


def test_orders_that_a_target_takes_slowly_are_placed_all_the_same() -> None:
    class Slow(Face):
        refused, taken = 0, 0

        def place_order(self, request: Request, account: str, body: bytes) -> Response:
            if Slow.taken == 4 and not Slow.refused:
                Slow.refused += 1
                return Response(status_code=429, headers={"Retry-After": "1"})
            Slow.taken += 1
            return super().place_order(request, account, body)

    class Throttling(Sandbox):
        face_class = Slow

    with stage_on(Throttling(0)) as stage:
        wishes = [Wish(market, side) for market, side in product(stage.markets, SIDES)]
        stage.arrange(wishes, by="placing")
        assert len(stage.view.settled().live()) == len(wishes)
    assert Slow.refused == 1
