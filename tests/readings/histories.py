"""Histories and queries, as Hypothesis draws them: numbers, of which each digit chooses one thing."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies

SYMBOLS = ("DFUSDT", "dfusdt", "DFUSD")  # another case, and a prefix
STATUSES = ("open", "partially_filled", "filled", "canceled", "rejected", "expired")
ACCOUNTS = ("alice", "bob")
BEGAN, NOW = 1_778_400_000, 1_778_500_000
LIMITS = (None, None, 1, 2, 3, 7, 49, 50, 51, 100, 199, 200, 201, 5000, 0, -1)

NUMBER = strategies.integers(0, 2**32 - 1)


@strategies.composite
def histories(draw: strategies.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """The orders of two accounts: a few, or hundreds that repeat a pattern second after second."""
    numbers = draw(strategies.lists(NUMBER, max_size=16))
    repeated = draw(strategies.sampled_from((1, 1, 1, 2, 4, 12, 40)))
    made: dict[str, list[dict[str, Any]]] = {account: [] for account in ACCOUNTS}
    for turn in range(repeated):
        for place, number in enumerate(numbers):
            account, record = _order(number, turn, f"{turn}-{place}")
            made[account].append(record)
    return made


def _order(number: int, turn: int, id: str) -> tuple[str, dict[str, Any]]:
    digits = Digits(number)
    account, status = digits.one_of(ACCOUNTS), digits.one_of(STATUSES)
    partly = digits.one_of(("0", "4")) if status in ("canceled", "expired") else "0"
    filled = {"partially_filled": "4", "filled": "10"}.get(status, partly)
    created_at = BEGAN + 3 * turn + digits.one_of(range(6))
    record = {
        "id": f"{account[0]}-{id}",
        "symbol": digits.one_of(SYMBOLS),
        "side": digits.one_of(("buy", "sell")),
        "type": "limit",
        "tif": "gtc",
        "price": digits.one_of(("0.5000", "0.6000")),
        "quantity": "10",
        "quote_quantity": None,
        "filled_qty": filled,
        "avg_fill_price": "0.5" if filled != "0" else "0",
        "status": status,
        "reject_reason": "NO_FUNDS" if status == "rejected" else None,
        "created_at": created_at,
        "updated_at": created_at + digits.one_of((0, 50)),
    }
    return account, record


def query(digits: "Digits", orders: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A list, whose bounds lie at the seconds of orders and beside them."""
    seconds = sorted({each["created_at"] for each in orders}) or [BEGAN]
    return {
        "symbol": digits.one_of((None, *SYMBOLS, "NONE")),
        "status": digits.one_of((None, None, *STATUSES)),
        "start": _bound(digits, seconds),
        "end": _bound(digits, seconds),
        "limit": digits.one_of(LIMITS),
    }


def _bound(digits: "Digits", seconds: Sequence[int]) -> int | None:
    kind = digits.one_of(range(8))
    if kind < 4:
        return None
    return 0 if kind == 7 else digits.one_of(seconds) + kind - 5


class Digits:
    """A number, taken apart."""

    def __init__(self, number: int) -> None:
        self.rest = number

    def one_of(self, values: Sequence[Any]) -> Any:
        """One of these, by the next digit."""
        self.rest, digit = divmod(self.rest, len(values))
        return values[digit]
