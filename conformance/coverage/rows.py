"""What each parameter of a list may be, class by class, and which of them can stand in a row together."""

from collections.abc import Callable, Mapping

from conformance.coverage.ground import Ground, differ
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.orders import Query

ABSENT = "absent"
NO_MARKET = "no market"

ALTERED: Mapping[str, Callable[[str], str]] = {
    "another case": str.swapcase,
    "without its end": lambda symbol: symbol[:-1],
    "with more behind it": lambda symbol: f"{symbol}X",
    "with a hyphen in it": lambda symbol: f"{symbol[:-4] or symbol[:1]}-{symbol[-4:]}",
}
"""How the name of a market is made into one that is none."""

# Where a bound of the window lies. At the very second of an order, or one second beside it, it tells.
BOUNDS = ("at an order", "beside an order")

# A start beyond all that the page shows: the limit cuts the window then, and not the start.
EARLY = "before the page"

# Values of the window and of the symbol that let everything through, or nothing. They are covered in pairs.
BEYOND = {
    "symbol": (NO_MARKET,),
    "start": ("zero", "after all"),
    "end": ("zero", "before all", "after all"),
}

# Limits. Values are drawn from the ranges, both ends inclusive, and every second value is an end; those behind them are
# asked for alone in any run. A limit cuts the page where there are orders enough. A window's start leaves room on it,
# else it would not show.
SIZES = {
    "1": (1, 1),
    "2 to 49": (2, 49),
    "50": (50, 50),
    "51 to 99": (51, 99),
    "100 to 199": (100, 199),
    "200": (200, 200),
}
WITHIN = (1, 2, 49, 50, 51, 100, 199, 200)
ABOVE = (201, 2**31 - 1)
BELOW = (0, -(2**31) + 1)
LIMITS = (ABSENT, *SIZES, "above", "below")
_PLENTY = {"100 to 199": 120, "200": 120, "above": MAX_LIMIT}
_EMPTYING = {"symbol": (NO_MARKET,), "start": ("after all",), "end": ("zero", "before all")}
NEVER = 2**40  # more orders, and a later second, than there ever are


def limit_class(limit: int | None) -> str:
    """The class that a limit falls into."""
    if limit is None:
        return ABSENT
    within = (name for name, (least, most) in SIZES.items() if least <= limit <= most)
    return next(within, "above" if limit > 0 else "below")


def is_cut(row: Mapping[str, str], ground: Ground) -> bool:
    """Whether the page of this row, or part of one, is cut: it could not show where a window starts."""
    if row.get("start") in BOUNDS or emptied_by(row):
        return False
    name = row.get("limit", ABSENT)
    least = {ABSENT: DEFAULT_LIMIT, "above": MAX_LIMIT, "below": NEVER}.get(name) or SIZES[name][0]
    return _passing(row, ground) > least + 1 + (row.get("end") in BOUNDS)


def fills_a_plain_page(row: Mapping[str, str], ground: Ground) -> bool:
    """Whether a longer limit of this row, or part of one, can show by more orders than a page without a limit holds.

    There have to be plenty of them: else each market would have to hold as many of each status.
    """
    plenty = _PLENTY.get(row.get("limit", ABSENT))
    return plenty is not None and not emptied_by(row) and _passing(row, ground) > plenty


def _passing(row: Mapping[str, str], ground: Ground) -> int:
    """How many orders pass the symbol and the status of the row."""
    symbol, status = row.get("symbol"), row.get("status")
    return ground.of(None if symbol == ABSENT else symbol, None if status == ABSENT else status).bit_count()


def means_something(row: Mapping[str, str]) -> bool:
    """Whether the parameters of a row, or of a part of one, can tell beside each other."""
    start, end, limit = row.get("start", ABSENT), row.get("end", ABSENT), row.get("limit", ABSENT)
    bounded = start in BOUNDS or end in BOUNDS
    if nothing := emptied_by(row):
        # One thing alone makes the answer empty: else neither would tell.
        return len(nothing) == 1 and not bounded and limit != "below"
    if limit == "below" and (start in (EARLY, *BEYOND["start"]) or end in BEYOND["end"]):
        return False  # any page is right, an empty one too
    if limit == "1" and end == "at an order":
        # It shows the order at the end, whatever is filtered.
        return row.get("symbol", ABSENT) == row.get("status", ABSENT) == ABSENT and start not in BOUNDS
    return not (limit == "1" and start in BOUNDS) or _at_the_newest(row)


def fits(row: Mapping[str, str], ground: Ground) -> bool:
    """Whether the account holds orders enough for the row, or the part of one."""
    if row.get("symbol") == NO_MARKET:
        return True
    if is_cut(row, ground):
        # What the newest order tells is known once all that chooses it is.
        open_ended = {"symbol", "status", "end"} <= row.keys() and row["end"] not in BOUNDS
        return row.get("limit") != "1" or not open_ended or _newest_tells(row, ground)
    bounds = (row.get("start") in BOUNDS) + (row.get("end") in BOUNDS)
    return (row.get("limit") != "1" or _at_the_newest(row)) and _passing(row, ground) > bounds


def _at_the_newest(row: Mapping[str, str]) -> bool:
    """Whether the window starts at the one order that the page shows: no other one would show where it starts."""
    return (row.get("start"), row.get("limit")) == ("at an order", "1") and row.get("end", ABSENT) == ABSENT


def _newest_tells(row: Mapping[str, str], ground: Ground) -> bool:
    """Whether the newest order that passes the symbol and the status of the row is another one without either."""
    symbol, status = (None if row[name] == ABSENT else row[name] for name in ("symbol", "status"))
    right = ground.answer(Query(symbol, status, limit=1))
    without = [Query(None, status, limit=1)] * (symbol is not None) + [Query(symbol, limit=1)] * (status is not None)
    return all(differ(right, ground.answer(each)) for each in without)


def emptied_by(row: Mapping[str, str]) -> set[str]:
    """The parameters that make the right answer an empty list."""
    return {name for name, values in _EMPTYING.items() if row.get(name) in values}
