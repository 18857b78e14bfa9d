"""An order that is asked for: a ticket from the wish for it until lists show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from conformance.orders import LIVE, Looks
from conformance.wire.signer import Credential

Moment = tuple[int, str, Decimal | None]
"""When an injected order was created, its status, and how much of it was filled then."""


class Placed(NamedTuple):
    """An order that was taken. `id`: where the profile says where to find it.

    `tries_before`: how many tries before it were answered 503, or broke off, and may have left an order like it.
    """

    id: str | None
    tries_before: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is asked for. Amounts in base units, but `quote_quantity`; a market order has no price and no tif.

    `credential`: what it is placed with, where that matters. `at_once`: its time in force, where it is to be filled as
    it comes in.

    `record`: the whole order as a JSON object, where it is injected. Its id is one that the target may take.
    """

    symbol: str
    side: str
    type: str
    price: Decimal | None
    quantity: Decimal | None
    quote_quantity: Decimal | None = None
    credential: Credential | None = None
    record: Mapping[str, Any] | None = None
    at_once: str | None = None

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Ticket":
        """The ticket of an order that is injected, or that a journal has written down."""
        return cls(
            record["symbol"],
            record["side"],
            record["type"],
            _amount(record["price"]),
            _amount(record["quantity"]),
            record=record,
        )

    @property
    def tif(self) -> str | None:
        """Time in force: limit orders that are placed stand until they are canceled, unless they are filled at once."""
        if self.record is not None:
            return self.record.get("tif")
        return None if self.price is None else self.at_once or "gtc"

    @property
    def looks(self) -> Looks:
        """What it can be recognized by."""
        return self.symbol, self.side, self.type, self.price, self.quantity

    @property
    def live(self) -> bool:
        """Whether the order is to be live: what is placed is, what is injected has its status."""
        return self.record is None or self.record.get("status", "open") in LIVE

    @property
    def moment(self) -> Moment:
        """When it is injected as, and how it stands then."""
        assert self.record is not None
        return self.record["created_at"], self.record["status"], _amount(self.record["filled_qty"])

    @property
    def sent_id(self) -> str | None:
        """The id that it is injected with, if any."""
        return None if self.record is None else self.record.get("id")

    def to_json(self) -> dict[str, Any]:
        """As a journal writes it down: what it can be recognized by."""
        return {
            "symbol": self.symbol,
            "side": self.side,
            "type": self.type,
            "price": plain(self.price),
            "quantity": plain(self.quantity),
        }


def plain(amount: Decimal | None) -> str | None:
    """An amount as a plain decimal string; None stays."""
    return None if amount is None else f"{amount:f}"


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
