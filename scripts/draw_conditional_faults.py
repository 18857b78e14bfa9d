"""Draws the faults that need three things at once, and writes them as a module of the catalogue.

    python scripts/draw_conditional_faults.py

Nobody chooses them: conditions, lies and all combinations of them are dimensions, and a fixed seed draws. What cannot
show is drawn again. A test holds that the module is what this script writes.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MODULE = Path(__file__).parent.parent / "conformance" / "faults" / "three_at_once.py"
SEED = 20_260_731
LISTS, CANCELS = 34, 12

GIVEN_OR_ABSENT = (True, False)
STATUSES = ("open", "partially_filled", "filled", "canceled", "rejected", "expired")

# The conditions on a list by dimension, with all their values; a limit by its class.
CONDITIONS: Mapping[str, Sequence[object]] = {
    "credential": ("token", "key"),
    "symbol": GIVEN_OR_ABSENT,
    "status": (*STATUSES, True, False),
    "start": GIVEN_OR_ABSENT,
    "end": GIVEN_OR_ABSENT,
    "limit": ("absent", "1", "below 50", "50", "51 to 99", "100 to 199", "200", "above 200"),
}
FILTERS = ("symbol", "status", "start", "end")

# The smallest limit of each class: so many orders fill a page.
FULL_PAGE = {
    "absent": 50, "1": 1, "below 50": 2, "50": 50, "51 to 99": 51, "100 to 199": 100, "200": 200, "above 200": 200,
}  # fmt: skip

# How many orders an account may be asked to hold for a lie to show: 201 fill the longest page and more; a third of
# them stand in a market, or have the most frequent status; of the other statuses there are some.
IN_ALL, IN_PART, OF_ONE_STATUS = 201, 67, 20

# Lies about a filter by class, with the filter that has to be given.
ABOUT_FILTERS = {
    "SymbolForgotten": "symbol",
    "StatusForgotten": "status",
    "StartForgotten": "start",
    "EndForgotten": "end",
    "StartCutOff": "start",
    "EndCutOff": "end",
}
MISREAD = {"StartCutOff": "list.start", "EndCutOff": "list.end"}
# Lies about the page by class: how many orders more than a full page have to match before it shows; None: any number.
ABOUT_PAGES: Mapping[str, int | None] = {
    "OneFewer": 0, "OneMore": 1, "FiftyAnyway": 1, "LastDropped": None, "FirstDropped": None, "OldestPage": 1,
}  # fmt: skip
ABOUT_ORDERS = ("OldestOnTop", "AnothersShown")

SAYS = {
    "SymbolForgotten": "Forgets the symbol",
    "StatusForgotten": "Forgets the status",
    "StartForgotten": "Forgets the start",
    "EndForgotten": "Forgets the end",
    "StartCutOff": "Leaves out the second of the start",
    "EndCutOff": "Leaves out the second of the end",
    "OneFewer": "Shows one order too few",
    "OneMore": "Shows one order too many",
    "FiftyAnyway": "Shows 50 orders",
    "LastDropped": "Drops the last order of the page",
    "FirstDropped": "Drops the newest order",
    "OldestPage": "Shows the oldest orders, newest first",
    "OldestOnTop": "Shows the oldest order of the page first",
    "AnothersShown": "Shows another account's order",
    "LeftLive": "Leaves {} live",
    "CanceledElsewhere": "Cancels {} in the other markets too",
    "CanceledForOthers": "Cancels {} of other accounts too",
    "FillsNotTold": "Returns {} as if nothing had been filled",
}

# Kinds of live orders, with the words for them in names.
KINDS = {
    "open orders": "OpenOrders",
    "partly filled orders": "PartlyFilledOrders",
    "buys": "Buys",
    "sells": "Sells",
    "orders older than an hour": "OldOrders",
    "orders placed by token": "OrdersOfTokens",
    "orders placed by key": "OrdersOfKeys",
    "orders beyond the newest 20": "OrdersBeyondTwenty",
    "orders beyond the newest 100": "OrdersBeyondHundred",
    "orders beyond the newest 200": "OrdersBeyondTwoHundred",
}
ABOUT_CANCELS = {
    "LeftLive": "cancel.complete",
    "CanceledElsewhere": "cancel.scope-symbol",
    "CanceledForOthers": "cancel.own-only",
    "FillsNotTold": "cancel.keeps-fills",
}

WORDS = {
    "absent": "Limit", "1": "LimitOfOne", "below 50": "LimitBelowFifty", "50": "LimitOfFifty",
    "51 to 99": "LimitAboveFifty", "100 to 199": "LimitOfHundreds", "200": "LimitOfTwoHundred",
    "above 200": "LimitAboveTwoHundred",
}  # fmt: skip
LIMITS = {
    "absent": "a limit", "1": "a limit of 1", "below 50": "a limit below 50", "50": "a limit of 50",
    "51 to 99": "a limit of 51 to 99", "100 to 199": "a limit of 100 to 199", "200": "a limit of 200",
    "above 200": "a limit above 200",
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A lie by its class, the requirement that it breaks, the names of both for Python and for readers, and when."""

    lie: str
    breaks: str
    name: str
    says: str
    when: str

    def __str__(self) -> str:
        return (
            f'@fault(breaks="{self.breaks}")\n'
            f"class {self.name}({self.lie}):\n"
            f'    """{self.says}"""\n\n'
            f"    when = {self.when}\n"
        )


# -- lists ---------------------------------------------------------------------------------------------------------


def can_show(lie: str, when: Mapping[str, object]) -> bool:
    """Whether a list can tell the lie from the truth."""
    if lie in ABOUT_FILTERS:
        return bool(when.get(ABOUT_FILTERS[lie]))
    limit = when.get("limit")
    if lie in ABOUT_ORDERS:
        return not (lie == "OldestOnTop" and limit == "1")  # a single order is in any order
    if limit is None or (lie == "FiftyAnyway" and limit in ("absent", "50")):
        return False
    return orders_needed(lie, str(limit)) <= orders_there(when)


def orders_needed(lie: str, limit: str) -> int:
    """How many orders have to match."""
    beyond = ABOUT_PAGES[lie]
    if beyond is None:
        return 1
    if lie == "FiftyAnyway":
        return min(FULL_PAGE[limit], 50) + 1
    return FULL_PAGE[limit] + beyond


def orders_there(when: Mapping[str, object]) -> int:
    """How many orders that match an account may be asked to hold."""
    if when.get("status") in STATUSES:
        return OF_ONE_STATUS
    return IN_PART if when.get("symbol") or when.get("status") else IN_ALL


def broken_by_list(lie: str, when: Mapping[str, object]) -> str:
    """The requirement that the lie breaks: that of what is shown, of the parameter that is misread, or of those that it
    takes together.

    A filter that is forgotten beside another one alone is right by itself: what is broken is that filters narrow
    together. Where another end of the page is shown beside one filter, it is that the limit counts what passes.
    """
    if lie == "OldestOnTop":
        return "list.newest-first"
    if lie == "AnothersShown":
        return "list.own-only"
    by_limit = {"absent": "list.limit-default", "above 200": "list.limit-max"}
    of_limit = by_limit.get(str(when.get("limit", "absent")), "list.limit-exact")
    if lie in MISREAD:
        return MISREAD[lie]
    given = [name for name in FILTERS if when.get(name)]
    if lie == "FirstDropped" and when.get("end"):
        return "list.end"  # it leaves out what is next to it
    if (lie in ABOUT_PAGES and lie != "OldestPage") or not given:
        return of_limit
    if len(given) > 1:
        return "list.conjunctive"
    return "list.limit-after-filters" if lie == "OldestPage" else f"list.{given[0]}"


def drawn_lists(rng: random.Random) -> Iterator[Drawn]:
    """Lies of lists, each under three conditions, without end."""
    for lie in dealt((*ABOUT_FILTERS, *ABOUT_PAGES, *ABOUT_ORDERS), rng):
        when = _three(rng)
        while not can_show(lie, when):
            when = _three(rng)
        arguments = ", ".join(f"{name}={_literal(value)}" for name, value in when.items())
        yield Drawn(lie, broken_by_list(lie, when), lie + _name(when), _sentence(lie, when), f"When({arguments})")


def _three(rng: random.Random) -> dict[str, object]:
    names = rng.sample(list(CONDITIONS), 3)
    return {name: rng.choice(CONDITIONS[name]) for name in CONDITIONS if name in names}


def _name(when: Mapping[str, object]) -> str:
    by = "By" + str(when["credential"]).title() if "credential" in when else ""
    given = [_word(name, value) for name, value in when.items() if name != "credential" and _is_given(value)]
    absent = [name.title() for name, value in when.items() if name != "credential" and not _is_given(value)]
    with_ = "With" + "And".join(given) if given else ""
    without = "Without" + "Or".join(absent) if absent else ""
    return by + with_ + without


def _word(name: str, value: object) -> str:
    if name == "limit":
        return WORDS[str(value)]
    return str(value).title().replace("_", "") if name == "status" and value is not True else name.title()


def _sentence(lie: str, when: Mapping[str, object]) -> str:
    others = {name: value for name, value in when.items() if name != "credential"}
    given = [_noun(name, value) for name, value in others.items() if _is_given(value)]
    absent = [_noun(name, value) for name, value in others.items() if not _is_given(value)]
    parts = [f"by {when['credential']}"] if "credential" in when else []
    parts += [f"with {_joined(given, 'and')}"] if given else []
    parts += [f"without {_joined(absent, 'or')}"] if absent else []
    return f"{SAYS[lie]} in lists {', '.join(parts)}."


def _joined(nouns: Sequence[str], word: str) -> str:
    *rest, last = nouns
    return f"{', '.join(rest)} {word} {last}" if rest else last


def _noun(name: str, value: object) -> str:
    if name == "limit":
        return LIMITS[str(value)]
    if name == "status" and isinstance(value, str):
        return f"status={value}"
    return {"end": "an end"}.get(name, f"a {name}")


def _is_given(value: object) -> bool:
    return value not in (False, "absent")


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


# -- cancel-alls ---------------------------------------------------------------------------------------------------


def drawn_cancels(rng: random.Random) -> Iterator[Drawn]:
    """Lies of cancel-alls: a credential, with or without a symbol, and a kind of orders, without end."""
    for lie in dealt(tuple(ABOUT_CANCELS), rng):
        kind, credential, symbol = _one_cancel(rng)
        while not shows_in_cancels(lie, kind, symbol=symbol):
            kind, credential, symbol = _one_cancel(rng)
        name = f"{KINDS[kind]}{lie}By{credential.title()}{'With' if symbol else 'Without'}Symbol"
        says = f"{SAYS[lie].format(kind)} in cancel-alls by {credential}, {'with' if symbol else 'without'} a symbol."
        when = f'Wherever(credential="{credential}", symbol={symbol}, orders="{kind}")'
        yield Drawn(lie, ABOUT_CANCELS[lie], name, says, when)


def _one_cancel(rng: random.Random) -> tuple[str, str, bool]:
    return rng.choice(list(KINDS)), rng.choice(("token", "key")), rng.choice(GIVEN_OR_ABSENT)


def shows_in_cancels(lie: str, kind: str, *, symbol: bool) -> bool:
    """Whether a cancel-all can tell the lie from the truth."""
    if "beyond" in kind:
        return lie == "LeftLive"
    if lie == "CanceledElsewhere":
        return symbol
    if lie == "CanceledForOthers":
        return not symbol
    return not (lie == "FillsNotTold" and kind == "open orders")  # nothing of them is filled


# -- the module ----------------------------------------------------------------------------------------------------


def dealt(lies: Sequence[str], rng: random.Random) -> Iterator[str]:
    """All lies in an order of chance, again and again."""
    while True:
        yield from rng.sample(lies, len(lies))


def several(drawn: Iterator[Drawn], count: int) -> list[Drawn]:
    """So many of them, none twice."""
    found: dict[str, Drawn] = {}
    while len(found) < count:
        each = next(drawn)
        found.setdefault(each.name, each)
    return list(found.values())


def module() -> str:
    """The module's text."""
    rng = random.Random(SEED)  # noqa: S311 - the same faults every time
    drawn = several(drawn_lists(rng), LISTS) + several(drawn_cancels(rng), CANCELS)
    lies = sorted({each.lie for each in drawn})
    imported = "".join(f"    {name},\n" for name in sorted([*lies, "When", "Wherever"]))
    head = (
        '"""Lies that need three things at once. scripts/draw_conditional_faults.py drew and wrote them."""\n\n'
        "from conformance.faults import fault\n"
        f"from conformance.faults.conditional import (\n{imported})\n"
    )
    return head + "".join(f"\n\n{each}" for each in drawn)


if __name__ == "__main__":
    MODULE.write_text(module(), encoding="utf-8")
