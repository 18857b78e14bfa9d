"""A ready profile of a served sandbox."""

import json
from collections.abc import Mapping

from conformance.sandbox.credentials import Keys

# Symbol, price at which a buy rests, price at which a sell rests, safe quantity; all decimal strings. The second name
# begins with the whole of the first, so that a filter by prefix shows.
MARKETS = (
    ("DFUSDT", "0.5000", "0.6000", "10"),
    ("DFUSDT2", "1.50", "1.90", "4"),
    ("BTCUSDT", "30000.0", "31000.0", "0.010"),
)

_DRIVER = """
[driver.place]
method = "POST"
path = "/spot/orders"
order_id = "/id"

[driver.place.body]
symbol = "{symbol}"
side = "{side}"
type = "{type}"
tif = "{tif}"
price = "{price}"
quantity = "{quantity}"
quote_quantity = "{quote_quantity}"
client_id = "{client_id}"

[driver.cancel]
method = "DELETE"
path = "/spot/orders/{id}"
"""


def profile_toml(root: str, base_url: str, keys: Mapping[str, Keys]) -> str:
    """The profile as TOML: the first two accounts are caller and other."""
    parts = [_table("target", name="sandbox", base_url=base_url, environment="mock")]
    for role, account in zip(("caller", "other"), keys.values(), strict=False):
        parts.append(_account(role, account))
    for symbol, buy, sell, quantity in MARKETS:
        parts.append(_table("[markets]", symbol=symbol, resting_buy=buy, resting_sell=sell, quantity=quantity))
    parts.append(_DRIVER)
    parts.append(_table("driver.inject", method="POST", url=f"{root}/_test/orders"))
    parts.append(_table("driver.inject.body", account="{account}", orders="{orders}"))
    parts.append(_table("driver.fault", method="POST", url=f"{root}/_test/fault"))
    parts.append(_table("driver.fault.body", error="{error}", times="{times}"))
    return "\n".join(parts)


def _account(role: str, keys: Keys) -> str:
    return _table(f"accounts.{role}", name=keys.account, jwt=keys.jwt, api_key=keys.api_key, api_secret=keys.api_secret)


def _table(heading: str, /, **entries: str) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in entries.items()]
    return "\n".join([f"[{heading}]", *lines, ""])
