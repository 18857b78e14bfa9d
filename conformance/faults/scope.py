"""Lies about the scope of cancel-all: whose orders it reaches, and in which markets."""

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order

# -- the caller's own ----------------------------------------------------------------------------------------------


class _MeetsOthers(Exchange):
    """Does something to the live orders of others in scope, before it cancels the caller's."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        others = [order for other in list(self.orders) if other != account for order in self.cancelable(other)]
        also = self.meet([order for order in others if self.in_scope(order, symbol)], symbol)
        return super().cancel_all(account, symbol) + also

    def meet(self, others: list[Order], symbol: str | None) -> list[Order]:
        """What it does to them; what comes back is returned to the caller too."""
        raise NotImplementedError


@fault(breaks="cancel.own-only")
class CancelsTheWholeMarket(_MeetsOthers):
    """Cancels everybody's orders, and returns the caller's."""

    def meet(self, others: list[Order], symbol: str | None) -> list[Order]:
        for order in others:
            self.cancel(order)
        return []


@fault(breaks="cancel.own-only")
class NamedMarketIsEverybodys(_MeetsOthers):
    """Cancels and returns everybody's orders where a market is named; without one, the caller's alone."""

    def meet(self, others: list[Order], symbol: str | None) -> list[Order]:
        for order in others if symbol is not None else ():
            self.cancel(order)
        return others if symbol is not None else []


@fault(breaks="cancel.own-only")
class StampsOthers(_MeetsOthers):
    """Sets updated_at of others' live orders, and leaves the rest of them alone."""

    def meet(self, others: list[Order], symbol: str | None) -> list[Order]:
        for order in others:
            order.updated_at = self.clock.now() + 1
        return []


@fault(breaks="cancel.own-only")
class ReturnsOthers(_MeetsOthers):
    """Returns others' live orders, though it leaves them alone."""

    def meet(self, others: list[Order], symbol: str | None) -> list[Order]:
        return others


@fault(breaks="cancel.own-only")
class TakesThePriceLevel(Exchange):
    """Takes each canceled order's whole price level out of the book, whoever else stands there."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        for orders in list(self.orders.values()):
            for each in orders.values():
                if each.live and (each.symbol, each.side, each.price) == (order.symbol, order.side, order.price):
                    super().cancel(each)


# -- one market ----------------------------------------------------------------------------------------------------


@fault(breaks="cancel.scope-symbol")
class ScopeIgnored(Exchange):
    """Cancels in every market, whichever is named."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return True


@fault(breaks="cancel.scope-symbol")
class ScopeByPrefix(Exchange):
    """Reaches every market whose name begins with the symbol."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol is None or order.symbol.startswith(symbol)


@fault(breaks="cancel.scope-symbol")
class ScopeByItsBeginning(Exchange):
    """Reaches every market with whose name the symbol begins."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol is None or symbol.startswith(order.symbol)


@fault(breaks="cancel.scope-symbol")
class ScopeInAnyCase(Exchange):
    """Reaches the market though its name was written in another case."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol is None or order.symbol.upper() == symbol.upper()


@fault(breaks="cancel.scope-symbol")
class ScopeWithoutHyphens(Exchange):
    """Drops hyphens from a symbol before it looks for the market to cancel in."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol is None or order.symbol == symbol.replace("-", "")


@fault(breaks="cancel.scope-symbol")
class ScopeInAnyCaseByKey(ScopeInAnyCase):
    """Reaches the market though its name was written in another case, if a key asks."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        if self.asked_with == "key":
            return super().in_scope(order, symbol)
        return symbol is None or order.symbol == symbol


@fault(breaks="cancel.scope-symbol")
class UnknownMarketIsEvery(Exchange):
    """Takes a symbol that is no market's for none, and cancels in all of them."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol not in self.markets or super().in_scope(order, symbol)


@fault(breaks="cancel.scope-symbol")
class QuietMarketIsEvery(Exchange):
    """Cancels in every market where nothing is live in the one that was named."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return super().cancel_all(account, symbol) or super().cancel_all(account, None)


@fault(breaks="cancel.own-only")
class QuietMarketIsEverybodys(Exchange):
    """Cancels everybody's orders in a market that is named, where the caller has none there."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        if symbol is not None and not canceled:
            for order in (order for whose in self.orders for order in self.concerned(whose, symbol)):
                self.cancel(order)
        return canceled


@fault(breaks="cancel.scope-symbol")
class StampsOtherMarkets(Exchange):
    """Sets updated_at of live orders in the markets that were not named."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for order in self.cancelable(account):
            if not self.in_scope(order, symbol):
                order.updated_at = self.clock.now()
        return super().cancel_all(account, symbol)


# -- all markets ---------------------------------------------------------------------------------------------------


@fault(breaks="cancel.scope-all")
class OneMarketIsEnough(Exchange):
    """Without a symbol, cancels in the first market where it finds something."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        first = next((order.symbol for order in self.cancelable(account)), None)
        return super().cancel_all(account, symbol or first)


@fault(breaks="cancel.scope-all")
class LeavesTheLastMarket(Exchange):
    """Without a symbol, stops before the last of several markets."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        live = sorted({each.symbol for each in self.cancelable(order.account)})
        return super().in_scope(order, symbol) and (symbol is not None or order.symbol not in live[1:][-1:])


@fault(breaks="cancel.complete")
class NothingWithoutSymbol(Exchange):
    """Without a symbol, cancels nothing and says so."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return [] if symbol is None else super().cancel_all(account, symbol)
