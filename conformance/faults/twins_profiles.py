"""Conforming twins: exchanges that offer less to a tester, or offer it in another way."""

import dataclasses
import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.faults.twins_around import LongHistory
from conformance.sandbox import Sandbox
from conformance.sandbox.face import Face
from conformance.sandbox.profile import MARKETS


class _Offers(Sandbox):
    """Has a profile of its own."""

    def profile(self, root: str, base_url: str) -> dict[str, Any]:
        document = super().profile(root, base_url)
        self.change(document)
        return document

    def change(self, document: dict[str, Any]) -> None:
        """Change the reference's profile."""
        raise NotImplementedError


@twin()
class TokenAlone(_Offers):
    """Gives no API keys."""

    def change(self, document: dict[str, Any]) -> None:
        for account in document["accounts"].values():
            del account["api_key"], account["api_secret"]


@twin()
class KeyAlone(_Offers):
    """Gives no tokens."""

    def change(self, document: dict[str, Any]) -> None:
        for account in document["accounts"].values():
            del account["jwt"]


@twin()
class OneAccount(_Offers):
    """Has one user."""

    def change(self, document: dict[str, Any]) -> None:
        del document["accounts"]["other"]


@twin()
class OneMarket(_Offers):
    """Names one market."""

    def change(self, document: dict[str, Any]) -> None:
        del document["markets"][1:]


@twin()
class WholeLots(_Offers):
    """Names a safe quantity of a single lot in each market, of which no part can be traded."""

    def change(self, document: dict[str, Any]) -> None:
        for market in document["markets"]:
            market["lot"] = market["quantity"]


@twin()
class NoDriver(_Offers):
    """Has no means to bring anything about, and an account with a history."""

    exchange_class = LongHistory

    def change(self, document: dict[str, Any]) -> None:
        del document["driver"], document["markets"]


@twin()
class NoPlacing(_Offers):
    """Lets orders be injected, not placed."""

    def change(self, document: dict[str, Any]) -> None:
        del document["driver"]["place"]


@twin()
class NoInjecting(_Offers):
    """Lets orders be placed, not injected."""

    def change(self, document: dict[str, Any]) -> None:
        del document["driver"]["inject"]


@twin()
class NoSingleCancel(_Offers):
    """Has no way to cancel one order."""

    def change(self, document: dict[str, Any]) -> None:
        del document["driver"]["cancel"]


@twin()
class NoFaultHook(_Offers):
    """Cannot be told to be busy."""

    def change(self, document: dict[str, Any]) -> None:
        del document["driver"]["fault"]


@twin()
class PlacingAlone(_Offers):
    """Lets orders be placed, as a real exchange does, and has no test hook."""

    def change(self, document: dict[str, Any]) -> None:
        document["driver"] = {"place": document["driver"]["place"]}


@twin()
class RefusesToInject(Face):
    """Has a hook to inject orders, which is switched off."""

    async def inject_orders(self, request: Request) -> Response:
        return self.error(403, "HOOKS_DISABLED")


class _Capped(Face):
    """Takes no more than 100 live orders of an account."""

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        if len(self.exchange.cancelable(account)) >= 100:
            return self.error(400, "TOO_MANY_OPEN_ORDERS")
        return super().place_order(request, account, body)


@twin(silence="placing")
class HundredOrdersAtMost(_Offers):
    """Refuses to let more than 100 orders of an account rest, and has no other way to bring them about."""

    face_class = _Capped

    def change(self, document: dict[str, Any]) -> None:
        del document["driver"]["inject"]


class _TakesForms(Face):
    """Takes orders as forms, and answers 200 with the id under data."""

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        form = json.dumps(dict(parse_qsl(body.decode())))
        placed = json.loads(bytes(super().place_order(request, account, form.encode()).body))
        return self.answer(200, {"code": 0, "data": {"order_id": placed["id"]}})


@twin(silence="placing")
class OrdersByForm(_Offers):
    """Takes orders as forms, and answers with the id of the order alone."""

    face_class = _TakesForms

    def change(self, document: dict[str, Any]) -> None:
        document["driver"]["place"] |= {"encoding": "form", "order_id": "/data/order_id"}


class _Renamed(_Offers):
    """Has other names for its markets."""

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        every = self.exchange.markets.values()
        renamed = [dataclasses.replace(each, symbol=self.renamed(each.symbol)) for each in every]
        self.exchange.markets = {each.symbol: each for each in renamed}

    def change(self, document: dict[str, Any]) -> None:
        for market in document["markets"]:
            market["symbol"] = self.renamed(market["symbol"])

    def renamed(self, symbol: str) -> str:
        """The name of this market here."""
        raise NotImplementedError


@twin()
class SlashedMarkets(_Renamed):
    """Has a slash in the names of its markets, which a query has to encode."""

    def renamed(self, symbol: str) -> str:
        return symbol.replace("USDT", "/USDT")


@twin()
class MarketsOfOneLetter(_Renamed):
    """Calls its markets X, x and *."""

    def renamed(self, symbol: str) -> str:
        return dict(zip((name for name, *_ in MARKETS), "Xx*", strict=True))[symbol]
