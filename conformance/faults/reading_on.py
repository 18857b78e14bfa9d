"""Lies about reading that changes something, and about walks by pages."""

import copy
from collections.abc import Iterable

from starlette.requests import Request

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

# -- reading, and reading on ---------------------------------------------------------------------------------------


@fault(breaks="list.safe")
class ReadingUpdates(Exchange):
    """Takes every look at an order for a change of it."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        for order in page:
            order.updated_at += 1
        return page


@fault(breaks="list.safe")
class RejectedAreToldOnce(Exchange):
    """Forgets a rejected order once it has been shown."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        for order in page:
            if order.status == "rejected":
                self.orders[account].pop(order.id, None)
        return page


@fault(breaks="list.safe")
class RejectedAreDoneWithOnceAskedFor(Exchange):
    """Shows rejected orders no more once somebody has asked for them by their status."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        for order in page if filters.status == "rejected" else ():
            self.orders[account].pop(order.id, None)
        return page


@fault(breaks="list.safe")
class ReadingLetsExpire(Exchange):
    """Lets the newest live order of a page expire."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        for order in [order for order in page if order.live][:1]:
            self.cancel(order)  # nobody can trade with it any more
            order.status = "expired"
        return page


@fault(breaks="list.safe")
class KeysLetOldOrdersExpire(Exchange):
    """Lets live orders of two days ago and before expire once open orders are asked for by key."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = [copy.copy(order) for order in super().listed(account, filters, limit)]
        if self.asked_with == "key" and filters.status == "open":
            for order in self.cancelable(account):
                if order.created_at < self.clock.now() - 2 * 86_400:
                    self._end(order, "expired")
        return page


@fault(breaks="list.page-walk")
class WalksTwoHundredDeep(Exchange):
    """Looks for what came before an end among the newest 200 alone."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        all_of_them = list(super().candidates(account, filters))
        newest_first = sorted(all_of_them, key=lambda order: -order.created_at)
        return all_of_them if filters.end is None else newest_first[:200]


@fault(breaks="list.end")
class LimitDropsTheEnd(Face):
    """Shows the first page again where an end is given with a limit."""

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        return {name: given[name] for name in given if name != "end" or "limit" not in given}


@fault(breaks="list.end")
class WalksTenMinutesBack(Exchange):
    """Shows nothing before an end that lies ten minutes behind the newest order."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        newest = max((order.created_at for order in self.visible_to(account)), default=0)
        near = filters.end is None or filters.end > newest - 600
        return super().candidates(account, filters) if near else ()
