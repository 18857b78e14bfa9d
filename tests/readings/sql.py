"""A third reading: lists and cancel-all as SQL over a table of orders, written from the documents' sentences.

It imports neither the oracle nor the sandbox. Each condition stands beside the sentence that asks for it, by its place
in the documents.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FIELDS = [
    "id",
    "symbol",
    "side",
    "type",
    "tif",
    "price",
    "quantity",
    "quote_quantity",
    "filled_qty",
    "avg_fill_price",
    "status",
    "reject_reason",
    "created_at",
    "updated_at",
]

# What passes the filters (list-orders, description and request parameters), with its place among the newest: how many
# are newer, and how many share its second. Text compares byte for byte, so that case matters.
_PLACES = """
SELECT id,
       COUNT(*) OVER (ORDER BY created_at DESC RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
         - COUNT(*) OVER (PARTITION BY created_at) AS newer,
       COUNT(*) OVER (PARTITION BY created_at) AS together
FROM orders
WHERE account = :account
  AND (:symbol IS NULL OR symbol = :symbol)
  AND (:status IS NULL OR status = :status)
  AND (:start IS NULL OR created_at >= :start)
  AND (:end IS NULL OR created_at <= :end)
"""

# What a page of :size shows: all whose second ends within it, and of the second that it cuts, any. Nothing says which.
_PAGE = f"SELECT id, newer + together <= :size AS certain FROM ({_PLACES}) WHERE newer < :size"

_SIZE = "SELECT CASE WHEN :limit IS NULL THEN 50 ELSE MIN(:limit, 200) END"

# Live are open and partially filled orders (cancel-all, description). Only the status and the time of the cancel change
# (field table).
_CANCEL = f"""
UPDATE orders SET status = 'canceled', updated_at = :now
WHERE account = :account AND status IN ('open', 'partially_filled') AND (:symbol IS NULL OR symbol = :symbol)
RETURNING {", ".join(FIELDS)}
"""


class Table:
    """The orders of all accounts."""

    def __init__(self, orders: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        self._sql = sqlite3.connect(":memory:")
        self._sql.execute(f"CREATE TABLE orders (account, {', '.join(FIELDS)})")
        rows = ([account, *map(each.get, FIELDS)] for account, records in orders.items() for each in records)
        self._sql.executemany(f"INSERT INTO orders VALUES (?{', ?' * len(FIELDS)})", rows)

    def is_right(self, account: str, query: Mapping[str, Any], page: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the documents allow this page: full or all there is, newest first, nothing twice, as it stands."""
        [(size,)] = self._sql.execute(_SIZE, query)
        if size < 1:  # clamped, and nobody says to what
            size = len(page) if len(page) <= 200 else 200
        may = dict(self._sql.execute(_PAGE, {**query, "account": account, "size": size}))
        [(passing,)] = self._sql.execute(f"SELECT COUNT(*) FROM ({_PLACES})", {**query, "account": account})
        ids, seconds = [each["id"] for each in page], [each["created_at"] for each in page]
        return (
            len(ids) == len(set(ids)) == min(size, passing)
            and set(ids) <= may.keys()
            and {id for id, certain in may.items() if certain} <= set(ids)
            and seconds == sorted(seconds, reverse=True)
            and rows(page) == rows(each for each in self.of(account) if each["id"] in set(ids))
        )

    def cancel_all(self, account: str, symbol: str | None, now: int) -> list[dict[str, Any]]:
        """Cancel what is live; what was canceled."""
        asked = {"account": account, "symbol": symbol, "now": now}
        return [dict(zip(FIELDS, row, strict=True)) for row in self._sql.execute(_CANCEL, asked).fetchall()]

    def of(self, account: str) -> list[dict[str, Any]]:
        """All orders of the account."""
        found = self._sql.execute(f"SELECT {', '.join(FIELDS)} FROM orders WHERE account = ?", [account])
        return [dict(zip(FIELDS, row, strict=True)) for row in found]

    def close(self) -> None:
        """Forget the table."""
        self._sql.close()


def rows(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Records in no order, with the documents' fields alone."""
    return sorted(repr([each.get(name) for name in FIELDS]) for each in records)
