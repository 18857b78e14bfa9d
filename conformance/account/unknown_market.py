"""A market that the target does not know, by what it says of it: a mistake of the profile."""

import re

_NO = r"unknown|invalid|no.?such|not.?found|unsupported|bad|wrong|does.?not.?exist"
_MARKET = r"symbol|market|instrument|pair|product"
_NO_MARKET = re.compile(rf"(?:{_NO})[^,.;]{{0,20}}(?:{_MARKET})|(?:{_MARKET})[^,.;]{{0,20}}(?:{_NO})", re.IGNORECASE)


def names_no_market(words: str) -> bool:
    """Whether these words of a target say that there is no such market."""
    return _NO_MARKET.search(words) is not None


def market_remedy(symbol: str) -> str:
    """What to do about a market that the target does not know."""
    return f"is the market {symbol} spelled as the target spells it? Upper and lower case differ"
