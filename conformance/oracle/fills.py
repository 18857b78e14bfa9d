"""What the fills of an order must add up to. The orders that it traded with tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.orders import Order
from conformance.verdict import Breach


@dataclass(frozen=True, slots=True)
class Fills:
    """An order, and the orders that filled it. Each of these had one trade only: its average is the price of that.

    `tick`: the step of prices in the market. An average that is rounded more coarsely is wrong.
    """

    order: Order
    by: Sequence[Order]
    tick: Decimal

    def parts(self) -> list[tuple[Decimal, Decimal]]:
        """Quantity and price of each fill. The quantity of a filled order is the quantity that it asked for."""
        return [
            (each.quantity if each.status == "filled" and each.quantity else each.filled_qty, each.avg_fill_price)
            for each in self.by
        ]

    @property
    def quantity(self) -> Decimal:
        """The sum of the fills."""
        return sum((quantity for quantity, _ in self.parts()), Decimal(0))

    @property
    def value(self) -> Decimal:
        """What was paid in total."""
        return sum((quantity * price for quantity, price in self.parts()), Decimal(0))


# A target may compute averages in binary fractions; then the last digits mean nothing.
_OF_FLOATS = Decimal("1e-12")

FILLS: Rulebook[[Fills]] = Rulebook()


@FILLS.rule("order.filled-qty")
def filled_is_the_sum(fills: Fills) -> Iterator[Sight]:
    """filled_qty is what all fills add up to."""
    filled, total = fills.order.filled_qty, fills.quantity
    told = ", ".join(f"{quantity:f}" for quantity, _ in fills.parts())
    yield RIGHT if filled == total else Breach(f"filled_qty {total:f}, after fills of {told}", f"{filled:f}")


@FILLS.rule("order.avg-fill-price")
def the_average_is_weighted(fills: Fills) -> Iterator[Sight]:
    """avg_fill_price is weighted by volume; a quotient that does not end may be rounded."""
    if not fills.quantity:
        return
    exact, shown = fills.value / fills.quantity, fills.order.avg_fill_price
    if abs(shown - exact) < max(min(_unit(shown), fills.tick), exact * _OF_FLOATS):
        yield RIGHT
    else:
        told = ", ".join(f"{quantity:f} at {price:f}" for quantity, price in fills.parts())
        want = f"avg_fill_price {exact:.10f}, rounded or not, after {told}, as those show it that it traded with"
        yield Breach(want, f"{shown:f}")


def _unit(amount: Decimal) -> Decimal:
    """One unit of the last decimal, without zeros at the end."""
    exponent = amount.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0))
