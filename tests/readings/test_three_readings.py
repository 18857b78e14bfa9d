"""The oracle, the sandbox and SQL read the documents alike, on a few hundred lists and cancel-alls.

scripts/compare_readings.py compares as many as one likes.
"""

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from tests.readings.agreement import cancels_agree, lists_agree
from tests.readings.histories import BEGAN, NUMBER, histories
from tests.readings.sql import Table

MANY = strategies.lists(strategies.integers(0, 2**64 - 1), min_size=20, max_size=20)

quick = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


@quick
@given(histories(), MANY)
def test_lists(history: dict[str, list[dict[str, object]]], numbers: list[int]) -> None:
    assert lists_agree(history, numbers)["lists"] == len(numbers)


@quick
@given(histories(), strategies.lists(NUMBER, min_size=4, max_size=4))
def test_cancel_alls(history: dict[str, list[dict[str, object]]], numbers: list[int]) -> None:
    assert cancels_agree(history, numbers)["cancel-alls"] == len(numbers)


@pytest.mark.parametrize(
    ("page", "right"),
    [
        ("ba", True),
        ("bc", True),
        ("cb", False),
        ("bb", False),
        ("b", False),
        ("bac", False),
        ("ac", False),
        ("", False),
    ],
)
def test_of_a_second_that_the_page_cuts_any_order_passes(page: str, right: bool) -> None:
    orders = {each: {"id": each, "created_at": BEGAN + (each == "b")} for each in "abc"}
    table = Table({"alice": list(orders.values()), "bob": []})
    asked = {"symbol": None, "status": None, "start": None, "end": None, "limit": 2}
    assert table.is_right("alice", asked, [orders[id] for id in page]) is right
    table.close()
