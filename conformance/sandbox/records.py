"""What the exchange remembers: markets, accounts and orders, and how an order is written as JSON."""

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

LIVE = ("open", "partially_filled")


@dataclass(frozen=True, slots=True)
class Market:
    """A market: prices are multiples of `tick`, quantities of `lot`."""

    symbol: str
    tick: Decimal
    lot: Decimal


@dataclass(frozen=True, slots=True)
class Trade:
    """One fill of an order. `opposite`: the id of the order on the other side; None where it is not known."""

    price: Decimal
    quantity: Decimal
    opposite: str | None = None


@dataclass(slots=True)
class Order:
    """One order, as it stands. `value` is the quote amount of its fills; `serial` its place in time.

    `placed_with`: the credential, token or key, that placed it; None where nobody did, since it was injected.
    """

    account: str
    symbol: str
    side: str
    type: str
    tif: str | None
    price: Decimal | None
    quantity: Decimal | None
    created_at: int
    updated_at: int
    quote_quantity: Decimal | None = None
    status: str = "open"
    reject_reason: str | None = None
    filled: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    serial: int = 0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    average: str | None = None  # as injected; a fill makes it one's own
    placed_with: str | None = None
    trades: list[Trade] = field(default_factory=list)  # one alone stands for the fills that it was injected with

    @property
    def live(self) -> bool:
        """Whether it can still trade."""
        return self.status in LIVE

    @property
    def left(self) -> Decimal:
        """What is not filled yet, in base units."""
        return (self.quantity or Decimal(0)) - self.filled


def plain(amount: Decimal | None) -> str | None:
    """A decimal without exponent; None stays None."""
    return None if amount is None else f"{amount:f}"


def from_record(account: str, record: dict[str, Any]) -> Order:
    """An order from a JSON record of it, as a test hook gives it. Raises KeyError, ValueError or ArithmeticError."""
    filled, average = Decimal(record["filled_qty"]), Decimal(record["avg_fill_price"])
    return Order(
        account=account,
        symbol=record["symbol"],
        side=record["side"],
        type=record["type"],
        tif=record["tif"],
        price=_decimal(record["price"]),
        quantity=_decimal(record["quantity"]),
        quote_quantity=_decimal(record["quote_quantity"]),
        created_at=int(record["created_at"]),
        updated_at=int(record["updated_at"]),
        status=record["status"],
        reject_reason=record["reject_reason"],
        filled=filled,
        value=filled * average,
        average=record["avg_fill_price"] if filled else None,
        id=record.get("id") or str(uuid.uuid4()),
        trades=[Trade(average, filled)] if filled else [],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
