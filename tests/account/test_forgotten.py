"""A list that shows what another one showed that differs in one parameter."""

from dataclasses import replace

import pytest

from conformance.account.answers import Page
from conformance.account.forgotten import Lately
from conformance.orders import Query
from tests.account.test_known import EXCHANGE

FIRST = Query("DFUSDT", "open", start=1, end=9, limit=7)


def page(query: Query, body: str) -> Page:
    return Page(query, (), replace(EXCHANGE, response_body=body), "jwt", ())


@pytest.mark.parametrize(
    ("query", "body", "name"),
    [
        (replace(FIRST, end=5), "[1]", "end"),
        (replace(FIRST, symbol="BTCUSDT"), "[1]", "symbol"),
        (FIRST.without("limit"), "[1]", "limit"),
        (replace(FIRST, end=5), "[2]", None),  # it shows something else
        (replace(FIRST, end=5, limit=6), "[1]", None),  # which of the two it is, nobody knows
        (FIRST, "[1]", None),
        (replace(FIRST, start=11), "[1]", None),  # it may show what is between 9 and 11
    ],
)
def test_the_parameter_that_was_forgotten(query: Query, body: str, name: str | None) -> None:
    lately = Lately()
    lately.add(page(FIRST, "[1]"))
    assert lately.forgotten_by(page(query, body)) == name
    for number in range(100):  # a cache that keeps it for longer is met sooner
        lately.add(page(Query(limit=number + 1), f"[{number}]"))
    assert lately.forgotten_by(page(query, body)) is None
