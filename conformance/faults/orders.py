"""Lies about how an order is written: its fields, its id, its words, its amounts and its times."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order

# -- fields, and null ----------------------------------------------------------------------------------------------


@fault(breaks="order.fields")
class NullsAreLeftOut(Exchange):
    """Leaves out what is null."""

    def record(self, order: Order) -> dict[str, Any]:
        return {name: value for name, value in super().record(order).items() if value is not None}


@fault(breaks="order.fields")
class FillsAreLeftOut(Exchange):
    """Leaves out filled_qty and avg_fill_price while there are no fills."""

    def record(self, order: Order) -> dict[str, Any]:
        unfilled = () if order.filled else ("filled_qty", "avg_fill_price")
        return {name: value for name, value in super().record(order).items() if name not in unfilled}


@fault(breaks="order.fields")
class FieldsInCamelCase(Exchange):
    """Calls filled_qty filledQty, and so forth."""

    def record(self, order: Order) -> dict[str, Any]:
        return {name[0] + name.title().replace("_", "")[1:]: value for name, value in super().record(order).items()}


@fault(breaks="order.fields")
class CanceledInBrief(Exchange):
    """Tells of an order that it has just canceled its id, symbol and status alone."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": [{name: getattr(each, name) for name in ("id", "symbol", "status")} for each in orders]}


@fault(breaks="order.nullable")
class NoAverageIsNull(Exchange):
    """Shows null for the average while there are no fills."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({} if order.filled else {"avg_fill_price": None})


@fault(breaks="order.nullable")
class NeverUpdatedIsNull(Exchange):
    """Shows null for updated_at while it is created_at."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"updated_at": None} if order.updated_at == order.created_at else {})


@fault(breaks="order.nullable")
class FilledHasNoPrice(Exchange):
    """Shows null for the price of a filled order, since there is an average."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"price": None} if order.status == "filled" else {})


@fault(breaks="order.nullable")
class UsualTifIsNull(Exchange):
    """Shows null for gtc, since that is what one gets without asking."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"tif": None} if order.tif == "gtc" else {})


@fault(breaks="order.nullable")
class MarketSellHasNoQuantity(Exchange):
    """Shows null for the quantity of every market order, a sell too."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"quantity": None} if order.type == "market" else {})


# -- id ------------------------------------------------------------------------------------------------------------


@fault(breaks="order.id")
class IdIsNumber(Exchange):
    """Shows a JSON number for an id."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"id": order.serial}


@fault(breaks="order.id")
class RejectedHaveNoId(Exchange):
    """Shows an empty id on a rejected order."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"id": ""} if order.status == "rejected" else {})


@fault(breaks="order.id")
class IdsComeRound(Exchange):
    """Begins again with the first id after a hundred orders."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"id": str(uuid.UUID(int=order.serial % 100))}


@fault(breaks="order.id")
class IdFollowsTheFills(Exchange):
    """Gives an order another id whenever it is filled."""

    def record(self, order: Order) -> dict[str, Any]:
        another = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{order.id} {order.filled}"))
        return super().record(order) | ({"id": another} if order.filled else {})


@fault(breaks="order.id")
class CanceledIdInCapitals(Exchange):
    """Writes ids in capitals in the answer to a cancel-all, and in small letters in lists."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": [record | {"id": record["id"].upper()} for record in map(self.record, orders)]}


@fault(breaks="order.id-uuid")
class IdsAreCounted(Exchange):
    """Counts orders, and calls each by its number."""

    def enter(self, order: Order) -> None:
        order.id = str(sum(map(len, self.orders.values())) + 1)
        super().enter(order)


# -- words ---------------------------------------------------------------------------------------------------------


@fault(breaks="order.enums")
class StatusInCapitals(Exchange):
    """Writes the status in capitals."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"status": order.status.upper()}


@fault(breaks="order.enums")
class OpenIsNew(Exchange):
    """Calls an open order new."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"status": "new"} if order.status == "open" else {})


@fault(breaks="order.enums")
class CanceledWithTwoLs(Exchange):
    """Spells canceled the British way."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"status": order.status.replace("canceled", "cancelled")}


@fault(breaks="order.enums")
class PartlyCanceled(Exchange):
    """Calls an order partially_canceled whose rest was canceled after a fill."""

    def record(self, order: Order) -> dict[str, Any]:
        partly = order.status == "canceled" and order.filled
        return super().record(order) | ({"status": "partially_canceled"} if partly else {})


@fault(breaks="order.enums-words")
class SideIsBidOrAsk(Exchange):
    """Calls a buy bid, and a sell ask."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"side": "bid" if order.side == "buy" else "ask"}


@fault(breaks="order.enums-words")
class TypeInCapitals(Exchange):
    """Writes the type in capitals."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"type": order.type.upper()}


@fault(breaks="order.enums-words")
class TifIsEmpty(Exchange):
    """Shows an empty tif on market orders."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"tif": order.tif or ""}


# -- amounts -------------------------------------------------------------------------------------------------------


@fault(breaks="order.decimals")
class AmountsAreNumbers(Exchange):
    """Shows JSON numbers for price and quantity."""

    def record(self, order: Order) -> dict[str, Any]:
        numbers = {"price": order.price, "quantity": order.quantity}
        return super().record(order) | {name: each and float(each) for name, each in numbers.items()}


@fault(breaks="order.decimals")
class ZeroIsNumber(Exchange):
    """Shows a bare 0 for the filled quantity while there are no fills."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({} if order.filled else {"filled_qty": 0})


@fault(breaks="order.decimals")
class TensInExponents(Exchange):
    """Writes a quantity of ten as 1E+1."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"quantity": order.quantity and str(order.quantity.normalize())}


@fault(breaks="order.decimals")
class ThousandsHaveCommas(Exchange):
    """Writes a price of thirty thousand as 30,000."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"price": order.price and f"{order.price:,f}"}


@fault(breaks="order.decimals")
class NoPriceIsEmpty(Exchange):
    """Shows an empty string for the price that a market order does not have."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"price": ""} if order.price is None else {})


# -- times ---------------------------------------------------------------------------------------------------------


@fault(breaks="order.timestamps")
class TimesInMilliseconds(Exchange):
    """Shows milliseconds."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"created_at": order.created_at * 1000, "updated_at": order.updated_at * 1000}


@fault(breaks="order.timestamps")
class TimesInWords(Exchange):
    """Shows dates, as ISO 8601 writes them."""

    def record(self, order: Order) -> dict[str, Any]:
        times = {"created_at": order.created_at, "updated_at": order.updated_at}
        return super().record(order) | {name: datetime.fromtimestamp(at, UTC).isoformat() for name, at in times.items()}


@fault(breaks="order.timestamps")
class UpdatesHaveFractions(Exchange):
    """Shows the fraction of the second for an update."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"updated_at": order.updated_at + 0.25}


@fault(breaks="order.timestamps")
class NeverUpdatedIsZero(Exchange):
    """Shows 0 for updated_at while an order is open."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"updated_at": 0} if order.status == "open" else {})


@fault(breaks="order.timestamps")
class FillsByAnotherClock(Exchange):
    """Stamps fills with a clock that is an hour behind."""

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price, quantity)
        order.updated_at -= 3600
