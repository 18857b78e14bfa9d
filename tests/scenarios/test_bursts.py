import asyncio
import itertools
import time
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.account.ahead import Wanted
from conformance.checks.test_load import _expect_no_throttling
from conformance.evidence import Exchange
from conformance.faults.twins_around import HangsUpUnsaid, _ClosesUnsaid
from conformance.operations import LIST
from conformance.orders import Query
from conformance.sandbox import Sandbox
from conformance.sandbox.face import Face, Handler
from conformance.scenarios.bursts import (
    BURST,
    CANCELS,
    Burst,
    _burst,
    _connections,
    lists_at_once,
    once_a_gateway_is_back,
    whole,
)
from conformance.verdict import Inconclusive, Unreachable, Violation
from tests.sandboxes import stage_on


@pytest.mark.parametrize(
    ("round_trip_ms", "count", "connections"),
    [
        (1, BURST, 20),
        (40, BURST, 20),
        (120, BURST, 47),
        (400, BURST, 100),
        (1, CANCELS, 20),
        (400, CANCELS, 21),
    ],
)
def test_a_burst_opens_as_many_connections_as_the_distance_asks_for(
    round_trip_ms: float, count: int, connections: int
) -> None:
    assert _connections(round_trip_ms / 1000, count) == connections


class Slow:
    """An account whose target takes so long for each answer."""

    def __init__(self, answers_in_s: float, round_trip_s: float) -> None:
        self.answers_in_s = answers_in_s
        self.good = [SimpleNamespace(exchange=SimpleNamespace(elapsed_ms=round_trip_s * 1000))]
        self.signer = SimpleNamespace(authorize=lambda query, _: (query, {}))
        self.sent_so_far = 0

    def counting_as(self, _: str) -> Any:
        return nullcontext()

    def sent_once(self, *_: object) -> None:
        self.sent_so_far += 1
        time.sleep(self.answers_in_s)

    def received(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("answers_in_s", "round_trip_s", "times"),
    [(0.0, 0.04, 1), (0.26, 0.04, 2), (0.5, 0.04, 1), (1.05, 0.25, 1)],
    ids=["fits", "a little too slow", "far too slow", "too far away"],
)
def test_a_burst_that_cannot_fit_is_sent_once(answers_in_s: float, round_trip_s: float, times: int) -> None:
    account = Slow(answers_in_s, round_trip_s)
    one: Any = Wanted(account, "", "jwt", "bursts")  # type: ignore[arg-type]
    made = _burst(LIST, [one] * BURST)
    assert len(made.answers) == BURST
    assert account.sent_so_far == times * BURST


class _FailsNowAndThen(Face):
    """Behind a gateway that answers every tenth request of a list with 502."""

    only_once, status, every = False, 502, 10

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.lists = itertools.count(1)

    async def respond(self, request: Request, handle: Handler) -> Response:
        number = next(self.lists) if request.method == "GET" else 1
        if number == 20 or (number % self.every == 0 and not self.only_once):
            return Response("Failed", self.status, media_type="text/plain")
        return await super().respond(request, handle)


class _FailsSeldom(_FailsNowAndThen):
    """Behind a gateway that answers every 25th request of a list with 502."""

    every = 25


class _FailsOnce(_FailsNowAndThen):
    """Answers one request of the burst with 500."""

    only_once, status = True, 500


@pytest.mark.parametrize(
    ("face", "ends"), [(_FailsNowAndThen, Inconclusive), (_FailsSeldom, None), (_FailsOnce, Violation)]
)
def test_what_fails_without_a_burst_too_is_not_the_doing_of_the_burst(
    face: type[Face], ends: type[Exception] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.scenarios.bursts._SLOWLY_S", 0.0)
    monkeypatch.setattr("conformance.scenarios.bursts._GATEWAY_WAITS_S", (0, 0))

    class Flaky(Sandbox):
        face_class = face

    with stage_on(Flaky()) as stage, nullcontext() if ends is None else pytest.raises(ends):
        _expect_no_throttling(stage, LIST, lambda: lists_at_once([(stage.view, Query(limit=1))] * 40, "jwt"), "jwt")


class _FailsBeyond31Bits(Face):
    """Answers lists with an end of more than 31 bits with 500."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        if int(request.query_params.get("end", "0")) >= 2**31:
            return Response("Failed", 500, media_type="text/plain")
        return await super().respond(request, handle)


@pytest.mark.parametrize(("fails", "ends"), [(_FailsBeyond31Bits, None), (_FailsOnce, Violation)])
def test_what_a_list_earns_alone_too_is_not_the_doing_of_the_burst(
    fails: type[Face], ends: type[Exception] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.scenarios.bursts._SLOWLY_S", 0.0)

    class Failing(Sandbox):
        face_class = fails

    with stage_on(Failing()) as stage, nullcontext() if ends is None else pytest.raises(ends):
        lists = [(stage.view, Query(limit=1)), (stage.view, Query(end=2**32))] * 20
        _expect_no_throttling(stage, LIST, lambda: lists_at_once(lists, "jwt"), "jwt")


def test_what_is_lost_with_a_connection_that_was_kept_is_sent_again() -> None:
    with stage_on(HangsUpUnsaid()) as stage:
        made = lists_at_once([(stage.view, Query(limit=1))] * BURST, "jwt")
    assert {answer.status for answer in made.answers} == {200}


class _HangsUpAtOnce(_ClosesUnsaid):
    """Reads no request over a new connection either, once it has answered some."""

    made = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        type(self).made += 1
        if self.made > 9:
            transport.pause_reading()
            self.loop.call_later(0.003, transport.close)


def test_what_is_lost_with_a_new_connection_is_not_sent_again() -> None:
    class Closing(Sandbox):
        protocol = _HangsUpAtOnce

    with stage_on(Closing()) as stage, pytest.raises(Unreachable):
        lists_at_once([(stage.view, Query(limit=1))] * BURST, "jwt")


def burst(*statuses: int) -> Burst:
    answers: Any = [SimpleNamespace(status=status) for status in statuses]
    return Burst((), answers, 0.1)


@pytest.mark.parametrize(
    ("came", "waits", "last"),
    [
        ([burst(200, 200)], [], burst(200, 200)),
        ([burst(200, 502), burst(200, 200)], [0], burst(200, 200)),
        ([burst(504, 502), burst(502, 200), burst(200, 200)], [0, 10.5], burst(200, 200)),
        ([burst(502, 200)] * 3, [0, 10.5], burst(502, 200)),
        ([burst(502, 500)], [], burst(502, 500)),
        ([burst(429, 200)], [], burst(429, 200)),
    ],
    ids=["right", "lost once", "a server out of use", "each time", "a server fault", "throttled"],
)
def test_a_burst_that_a_gateway_has_lost_is_sent_again(
    came: list[Burst], waits: list[float], last: Burst, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    coming = iter(came)
    assert once_a_gateway_is_back(next(coming), lambda: next(coming)) == last
    assert waited == waits


@pytest.mark.parametrize("drops", [0, 1, 2])
def test_a_burst_of_which_one_was_dropped_is_sent_once_more_when_the_target_is_back(drops: int) -> None:
    did: list[str] = []

    def send() -> Burst:
        did.append("sent")
        if did.count("sent") <= drops:
            raise Unreachable(
                Exchange("alice", "GET", "http://127.0.0.1/", {}, "", None, {}, "", 0.0, 1.0), dropped=True
            )
        return burst(200)

    account: Any = SimpleNamespace(was_away=lambda: did.append("waited"))
    with pytest.raises(Unreachable) if drops == 2 else nullcontext():
        assert whole(account, send) == burst(200)
    assert did == ["sent", "waited", "sent"][: 1 if not drops else 3]
