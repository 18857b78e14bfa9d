"""Conforming twins that lag, as their profiles say, and others that are away for a moment."""

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.faults.standby import BEHIND_S, ByTurns, RowByRow, Standby
from conformance.sandbox import Sandbox
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.records import Order

# -- lists from a database that is behind --------------------------------------------------------------------------


class _Lagging(Sandbox):
    """Says in its profile how far lists may be behind."""

    settle_ms = 2000
    consistency_ms = 700


@twin(shows_late=True)
class ListsFromAStandby(_Lagging):
    """Answers lists from a database that is 300 ms behind, and says in its profile that this may be 700 ms."""

    exchange_class = Standby


class _FillsLate(Standby):
    def behind_s(self, what: str) -> float:
        return BEHIND_S if what == "filled" else 0


@twin(shows_late=True)
class FillsShowLate(Sandbox):
    """Shows a fill 300 ms late, unless the order is canceled meanwhile."""

    exchange_class = _FillsLate


class _FillsOfWhatRestedLate(Standby):
    rested = False

    def copied(self, order: Order, what: str) -> None:
        of_all = {id: each for account in self.orders.values() for id, each in account.items()}
        other = of_all.get(order.trades[-1].opposite or "") if what == "filled" else None
        self.rested = other is not None and order.serial < other.serial
        super().copied(order, what)

    def behind_s(self, what: str) -> float:
        return BEHIND_S / 2 if self.rested else 0


# freqtrade/freqtrade#3649
@twin(shows_late=True)
class FillsOfWhatRestedShowLate(Sandbox):
    """Shows a fill 150 ms late to whose order rested, and at once to whom took, and says that this may be 250 ms."""

    exchange_class = _FillsOfWhatRestedLate
    consistency_ms = 250


class _CancelsLate(Standby):
    def behind_s(self, what: str) -> float:
        return BEHIND_S if what == "ended" else 0


@twin(shows_late=True)
class CancelsShowLate(_Lagging):
    """Shows 300 ms late that an order was canceled, and says in its profile that this may be 700 ms."""

    exchange_class = _CancelsLate


@twin(shows_late=True)
class EverySecondListIsBehind(_Lagging):
    """Answers lists from two databases by turns, one of them 300 ms behind, and says so in its profile."""

    exchange_class = ByTurns


class _ForKeys(Standby):
    def seen_at(self) -> float:
        return super().seen_at() + (0.0 if self.asked_with == "key" else BEHIND_S)


@twin(shows_late=True)
class KeysReadAStandby(_Lagging):
    """Answers lists by key from a database that is 300 ms behind, not those by token, and says so."""

    exchange_class = _ForKeys


@twin(shows_late=True)
class SomeRowsAreBehind(_Lagging):
    """Answers lists in which each order by itself is up to date or 300 ms behind, and says so in its profile."""

    exchange_class = RowByRow
    consistency_ms = 320


# -- away for a moment ---------------------------------------------------------------------------------------------


def _bad_gateway() -> Response:
    page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    return Response(page, 502, media_type="text/html")


class _Away(Face):
    """Is away once, for so many seconds, at a moment that the seed chooses."""

    for_s = 3.0

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.from_list = self.exchange.rng.randint(100, 700)
        self.lists = 0
        self.until = 0.0

    def away(self, request: Request) -> bool:
        """Whether it is away just now."""
        self.lists += request.method == "GET"
        if self.lists == self.from_list and not self.until:
            self.until = time.monotonic() + self.for_s
        return time.monotonic() < self.until

    async def respond(self, request: Request, handle: Handler) -> Response:
        return self.instead() if self.away(request) else await super().respond(request, handle)

    def instead(self) -> Response:
        """What it answers meanwhile."""
        return self.error(500, "DB_ERROR")


@twin()
class DatabaseAwayForLists(_Away):
    """Answers each list with 500 DB_ERROR while its database is away, for three seconds in the middle."""

    def away(self, request: Request) -> bool:
        return super().away(request) and request.method == "GET"


@twin()
class DatabaseAwayForAll(_Away):
    """Answers every request with 500 DB_ERROR while its database is away, for three seconds in the middle."""


@twin()
class GatewayAway(_Away):
    """Stands behind a gateway that answers 502 with a page of HTML for a second and a half, once."""

    for_s = 1.5

    def instead(self) -> Response:
        return _bad_gateway()


class _NowAndThen(Face):
    every: int  # so often that each burst of lists meets it
    lists = 0

    async def respond(self, request: Request, handle: Handler) -> Response:
        self.lists += request.method == "GET"
        lost = request.method == "GET" and self.lists % self.every == 0
        return self.instead() if lost else await super().respond(request, handle)

    def instead(self) -> Response:
        """What it answers then."""
        return self.error(500, "DB_ERROR")


@twin()
class DatabaseFailsNowAndThen(_NowAndThen):
    """Answers every 89th list with 500 DB_ERROR."""

    every = 89


@twin()
class GatewayLosesAListNowAndThen(_NowAndThen):
    """Stands behind a gateway that answers 502 with a page of HTML to every 97th list."""

    every = 97

    def instead(self) -> Response:
        return _bad_gateway()


@twin()
class GatewaySaysUnavailable(_Away):
    """Stands behind a gateway that answers 503 with a page of HTML for three seconds, once."""

    def instead(self) -> Response:
        return Response("<html><body>503 Service Temporarily Unavailable</body></html>", 503, media_type="text/html")


# -- how answers are labeled ---------------------------------------------------------------------------------------


@twin()
class MediaTypeInCapitals(Face):
    """Spells the media type with capitals, and names the charset without a blank before it."""

    def answer(self, status: int, body: Any) -> Response:
        answer = super().answer(status, body)
        answer.headers["content-type"] = "Application/JSON;charset=UTF-8"
        return answer


@twin()
class ErrorsAreProblems(Face):
    """Labels errors as application/problem+json."""

    def error(self, status: int, error: str) -> Response:
        answer = super().error(status, error)
        answer.headers["content-type"] = "application/problem+json; charset=utf-8"
        return answer
