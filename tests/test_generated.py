"""What is generated from the contract: of the kind that it is said to be, and fit to be signed and sent."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from conformance.generated import forbidden_listings, odd_cancels, odd_listings
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES
from tests.orders import order

MARKETS = ("BTCUSDT", "DFUSDT")
SEEN = Snapshot.of(order(symbol, symbol=symbol, created_at=1_778_400_000) for symbol in MARKETS)
LARGEST = 2**31 - 1
NUMBERS = ("start", "end", "limit")

T = TypeVar("T")

# The first case of an operation takes its time, since the contract is read for it.
quickly = settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])

each_query_string = pytest.mark.parametrize(
    "query_strings",
    [odd_listings(SEEN), forbidden_listings(), odd_cancels()],
    ids=["odd lists", "forbidden lists", "odd cancels"],
)


def some(strategy: st.SearchStrategy[T], such: Callable[[T], bool]) -> T:
    """One that is such; NoSuchExample where none is generated."""
    return find(strategy, such, settings=settings(quickly, max_examples=300, phases=[Phase.generate]))


def is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()


def parsed(query_string: str) -> list[tuple[str, str]]:
    return parse_qsl(query_string, keep_blank_values=True, strict_parsing=True)


@each_query_string
@given(data=st.data())
@quickly
def test_query_strings_can_be_signed_and_sent(query_strings: st.SearchStrategy[str], data: st.DataObject) -> None:
    query_string = data.draw(query_strings)
    assert query_string.isascii()
    assert query_string.isprintable()
    assert not set(query_string) & set(' #?"<>')
    names = {name for name, _ in parsed(query_string)} if query_string else set()
    assert not names & {"timestamp", "signature"}


@given(query_string=odd_listings(SEEN))
@quickly
def test_odd_listings_are_allowed_and_yet_without_a_meaning(query_string: str) -> None:
    pairs = parsed(query_string)
    sent = dict(pairs)
    assert len(sent) == len(pairs), "each parameter once"
    assert sent.keys() <= {"symbol", "status", *NUMBERS}
    assert sent.get("status", "open") in STATUSES
    numbers = {name: int(sent[name]) for name in NUMBERS if name in sent}
    assert all(is_number(sent[name]) for name in numbers)
    odd_symbol = sent.get("symbol", "DFUSDT") not in MARKETS
    odd_window = not 0 <= numbers.get("start", 0) <= numbers.get("end", LARGEST) <= LARGEST
    assert odd_symbol or odd_window or abs(numbers.get("limit", 1)) > LARGEST


@pytest.mark.parametrize(
    ("query_strings", "such"),
    [
        (forbidden_listings(), lambda pairs: any(name in NUMBERS and not is_number(value) for name, value in pairs)),
        (forbidden_listings(), lambda pairs: any(name == "status" and value not in STATUSES for name, value in pairs)),
        (odd_listings(SEEN), lambda pairs: {name for name, _ in pairs} == {"symbol"}),
        (odd_cancels(), lambda pairs: any(name == "symbol" for name, _ in pairs)),
        (odd_cancels(), lambda pairs: any(name != "symbol" for name, _ in pairs)),
    ],
    ids=["no number", "an unknown status", "an unknown market", "a symbol", "another parameter"],
)
def test_what_is_odd_comes_by(
    query_strings: st.SearchStrategy[str], such: Callable[[list[tuple[str, str]]], bool]
) -> None:
    assert some(query_strings, lambda query_string: bool(query_string) and such(parsed(query_string)))
