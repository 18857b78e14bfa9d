"""A ready profile of a served sandbox."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from conformance.sandbox.credentials import Keys

# Symbol, price at which a buy rests, price at which a sell rests, safe quantity; all decimal strings. The second name
# begins with the whole of the first, so that a filter by prefix shows.
MARKETS = (
    ("DFUSDT", "0.5000", "0.6000", "10"),
    ("DFUSDT2", "1.50", "1.90", "4"),
    ("BTCUSDT", "30000.0", "31000.0", "0.010"),
)

_PLACED = ("symbol", "side", "type", "tif", "price", "quantity", "quote_quantity", "client_id")


def profile_document(root: str, base_url: str, keys: Mapping[str, Keys], paired: int) -> dict[str, Any]:
    """The profile as a TOML document: each two of the first `paired` accounts are a lane, the first two are caller
    and other. The others are there by their names.
    """
    names = [f"{role}{number or ''}" for number in range(paired // 2) for role in ("caller", "other")]
    alone = list(keys)[paired:]
    further = [{"caller": caller, "other": other} for caller, other in zip(names[2::2], names[3::2], strict=True)]
    return {
        "target": {"name": "sandbox", "base_url": base_url, "environment": "mock"},
        "accounts": {role: _account(each) for role, each in zip((*names, *alone), keys.values(), strict=True)},
        **({"lanes": further} if further else {}),
        "markets": [
            {"symbol": symbol, "resting_buy": buy, "resting_sell": sell, "quantity": quantity}
            for symbol, buy, sell, quantity in MARKETS
        ],
        "driver": {
            "place": {
                "method": "POST",
                "path": "/spot/orders",
                "order_id": "/id",
                "body": {name: f"{{{name}}}" for name in _PLACED},
            },
            "cancel": {"method": "DELETE", "path": "/spot/orders/{id}"},
            "inject": {
                "method": "POST",
                "url": f"{root}/_test/orders",
                "body": {"account": "{account}", "orders": "{orders}"},
            },
            "fault": {
                "method": "POST",
                "url": f"{root}/_test/fault",
                "body": {"error": "{error}", "times": "{times}"},
            },
        },
    }


def _account(keys: Keys) -> dict[str, str]:
    named = asdict(keys)
    return {"name": named.pop("account"), **named}
