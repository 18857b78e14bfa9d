"""A population of orders shows every pair of properties that an order can have, and every triple where it can."""

import random

import pytest

from conformance.coverage.population import AGES, FOR_A_MOMENT, PLAIN_TYPES, TYPES, population, wanted
from conformance.orders import LIVE, STATUSES

MARKETS = ("A", "B")


def test_where_orders_are_almost_enough_for_the_triples_few_are_missing() -> None:
    made = population("ABCDEF", list(AGES), dict.fromkeys(STATUSES, 56), random.Random(0))
    pairs, triples = (set().union(*(kind.combinations(strength) for kind in made)) for strength in (2, 3))
    assert wanted("ABCDEF", list(AGES), TYPES, 2) <= pairs
    assert len(wanted("ABCDEF", list(AGES), TYPES, 3) - triples) < 12


@pytest.mark.parametrize(("count", "strength"), [(18, 2), (40, 2), (45, 3)])
def test_every_pair_of_properties_is_there_and_every_triple_where_orders_are_enough(count: int, strength: int) -> None:
    made = population(MARKETS, list(AGES), dict.fromkeys(STATUSES, count), random.Random(0))
    shown = set().union(*(kind.combinations(strength) for kind in made))
    assert wanted(MARKETS, list(AGES), TYPES, strength) <= shown
    assert {status: sum(kind.status == status for kind in made) for status in STATUSES} == dict.fromkeys(
        STATUSES, count
    )


def test_no_order_contradicts_itself() -> None:
    for kind in population(MARKETS, list(AGES), dict.fromkeys(STATUSES, 30), random.Random(1)):
        assert (kind.status in ("open", "rejected")) <= (kind.filled == "none")
        assert (kind.filled == "all") == (kind.status == "filled")
        assert kind.type != "market by amount" or kind.side == "buy"
        assert kind.type not in FOR_A_MOMENT or kind.status not in LIVE
        assert kind.type != "fok" or kind.filled != "part"


def test_what_a_target_refuses_is_in_no_population() -> None:
    made = population(MARKETS, list(AGES), dict.fromkeys(STATUSES, 30), random.Random(1), PLAIN_TYPES)
    assert {kind.type for kind in made} == {*PLAIN_TYPES}


def test_every_second_order_is_of_one_market() -> None:
    made = population(("A", "B", "C"), list(AGES), dict.fromkeys(STATUSES, 90), random.Random(2))
    of_each = sorted(sum(kind.market == market for kind in made) for market in ("A", "B", "C"))
    assert of_each[-1] > 0.4 * len(made)
    assert of_each[0] > 0.15 * len(made)
