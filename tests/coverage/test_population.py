"""A population of orders shows every pair of properties that an order can have, and every triple where it can."""

import random

import pytest

from conformance.coverage.population import AGES, population, wanted
from conformance.orders import STATUSES

MARKETS = ("A", "B")


@pytest.mark.parametrize(("count", "strength"), [(18, 2), (40, 2), (40, 3)])
def test_every_pair_of_properties_is_there_and_every_triple_where_orders_are_enough(count: int, strength: int) -> None:
    made = population(MARKETS, list(AGES), dict.fromkeys(STATUSES, count), random.Random(0))
    shown = set().union(*(kind.combinations(strength) for kind in made))
    assert wanted(MARKETS, list(AGES), strength) <= shown
    assert {status: sum(kind.status == status for kind in made) for status in STATUSES} == dict.fromkeys(
        STATUSES, count
    )


def test_no_order_contradicts_itself() -> None:
    for kind in population(MARKETS, list(AGES), dict.fromkeys(STATUSES, 30), random.Random(1)):
        assert (kind.status in ("open", "rejected")) <= (kind.filled == "none")
        assert (kind.filled == "all") == (kind.status == "filled")
        assert kind.type != "market by amount" or kind.side == "buy"


def test_every_second_order_is_of_one_market() -> None:
    made = population(("A", "B", "C"), list(AGES), dict.fromkeys(STATUSES, 90), random.Random(2))
    of_each = sorted(sum(kind.market == market for kind in made) for market in ("A", "B", "C"))
    assert of_each[-1] > 0.4 * len(made)
    assert of_each[0] > 0.15 * len(made)
