"""Orders written by hand."""

from typing import Any

from conformance.orders import Order

RECORD = {
    "symbol": "DFUSDT",
    "side": "buy",
    "type": "limit",
    "tif": "gtc",
    "price": "0.5000",
    "quantity": "100",
    "quote_quantity": None,
    "filled_qty": "0",
    "avg_fill_price": "0",
    "status": "open",
    "reject_reason": None,
    "created_at": 1_778_400_000,
}


def record(id: str = "a", **changed: Any) -> dict[str, Any]:
    """A JSON record: an open buy, but for what is changed. It was updated when it was created, unless told."""
    made = {**RECORD, "id": id, **changed}
    return {**made, "updated_at": changed.get("updated_at", made["created_at"])}


def order(id: str = "a", **changed: Any) -> Order:
    """The same as an order."""
    return Order.from_json(record(id, **changed))
