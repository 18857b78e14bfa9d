"""Lies about a limit that show beside a filter alone, where more orders pass it than the limit allows."""

from dataclasses import replace

from conformance.faults import fault
from conformance.faults.conditional import FiftyAnyway, OldestPage, OneFewer, OneMore, StartCutOff, When
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order


class _Unbounded(Exchange):
    """Honours any limit beside a filter."""

    def unbounded(self, filters: Filters) -> bool:
        """Whether the filter is given."""
        raise NotImplementedError

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if limit is None or limit <= 200 or not self.unbounded(filters):
            return super().listed(account, filters, limit)
        return self.in_order([order for order in self.visible_to(account) if self.passes(order, filters)])[:limit]


@fault(breaks="list.limit-max")
class LimitUnboundedBesideSymbol(_Unbounded):
    """Honours any limit beside a symbol."""

    def unbounded(self, filters: Filters) -> bool:
        return filters.symbol is not None


@fault(breaks="list.limit-max")
class LimitUnboundedBesideStatus(_Unbounded):
    """Honours any limit beside a status."""

    def unbounded(self, filters: Filters) -> bool:
        return filters.status is not None


@fault(breaks="list.limit-exact")
class OneFewerWithStatusAndLimitOfTwoHundred(OneFewer):
    """Shows 199 orders in lists with a status and a limit of 200."""

    when = When(status=True, limit="200")


@fault(breaks="list.limit-exact")
class OneMoreWithSymbolAndStatusAndLimitOfFifty(OneMore):
    """Shows 51 orders in lists with a symbol, a status and a limit of 50."""

    when = When(symbol=True, status=True, limit="50")


@fault(breaks="list.limit-exact")
class OneFewerWithSymbolAndLimitOfTwoHundred(OneFewer):
    """Shows 199 orders in lists with a symbol and a limit of 200."""

    when = When(symbol=True, limit="200")


@fault(breaks="list.limit-max")
class HundredOfTheCanceledForMoreThanTwoHundred(Exchange):
    """Shows 100 orders in lists with status=canceled and a limit above 200."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        return page[:100] if filters.status == "canceled" and (limit or 0) > 200 else page


@fault(breaks="list.limit-below")
class EverythingOfAStatusForALimitOfZero(Exchange):
    """Shows all that there is in lists with a status and limit=0."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if limit != 0 or filters.status is None:
            return super().listed(account, filters, limit)
        return self.in_order([order for order in self.visible_to(account) if self.passes(order, filters)])


class _AboveAHundred(When):
    """Lists with a limit of 101 to 200."""

    def holds(self, credential: str | None, filters: Filters, limit: int | None) -> bool:
        return super().holds(credential, filters, limit) and limit in range(101, 201)


@fault(breaks="list.limit-exact")
class FiftyInsteadOfMoreThanAHundredOfAMarket(FiftyAnyway):
    """Shows 50 orders in lists with a symbol and a limit of 101 to 200."""

    when = _AboveAHundred(symbol=True)


@fault(breaks="list.limit-exact")
class FiftyInsteadOfHundredsBeforeAnEnd(FiftyAnyway):
    """Shows 50 orders in lists with an end and a limit of 100 to 199, without a start."""

    when = When(start=False, end=True, limit="100 to 199")


@fault(breaks="list.limit-exact")
class OldestOfHundredsBehindAStart(OldestPage):
    """Shows the oldest orders, newest first in lists with a start and a limit of 100 to 199, without a symbol."""

    when = When(symbol=False, start=True, limit="100 to 199")


@fault(breaks="list.start")
class StartCutOffWithSymbolAndStartAndLimitOfOne(StartCutOff):
    """Leaves out the second of the start in lists with a symbol, a start and a limit of 1."""

    when = When(symbol=True, start=True, limit="1")


@fault(breaks="list.limit-after-filters")
class EndAfterTheLimit(Exchange):
    """Cuts the page first, and drops what is newer than the end from it."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, replace(filters, end=None), limit)
        return [order for order in page if filters.end is None or self.not_after(order, filters.end)]
