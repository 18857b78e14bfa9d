"""Lies from the field about how a query is read: by the place of a parameter, or page by page behind the scenes.

Each class cites public reports of the kind, by repository and number.
"""

from starlette.requests import Request

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

_SIGNING = ("timestamp", "signature")


class _ReadsByPlace(Face):
    """Reads one parameter of a list at its usual place alone."""

    name = ""
    place = 0

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        places = [each for each in given if each not in _SIGNING]
        if request.method == "GET" and self.name in places and places[self.place] != self.name:
            del given[self.name]
        return given


# Duet3D/RepRapFirmware#140, directus/v8-archive#1390
@fault(breaks="list.conjunctive")
class SymbolHasToComeFirst(_ReadsByPlace):
    """Forgets a symbol that stands behind another parameter."""

    name = "symbol"


# Duet3D/RepRapFirmware#140
@fault(breaks="list.limit-exact")
class LimitHasToComeLast(_ReadsByPlace):
    """Forgets a limit that another parameter stands behind."""

    name, place = "limit", -1


_PART = 100


# leapmux/leapmux#287, activepieces/activepieces#14323
@fault(breaks="list.limit-exact")
class SecondPartSkipsItsFirstSecond(Exchange):
    """Reads a page of more than 100 orders in two parts, the second from before the last second of the first."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        page = super().page(orders, limit)
        if len(page) <= _PART:
            return page
        rest = [order for order in orders[_PART:] if order.created_at < page[_PART - 1].created_at]
        return [*page[:_PART], *rest[: self.page_size(limit) - _PART]]
