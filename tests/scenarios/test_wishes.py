"""Live orders of all kinds: any three properties of one are met."""

from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest

from conformance.coverage.population import AGES, YOUNG
from conformance.profile import Market
from conformance.stage.wishes import ROLES, SIDES, Wish, can_fill, of_all_kinds, of_many_kinds

BOTH: Any = ("jwt", "api-key")
MARKETS = [
    Market(symbol, Decimal("0.5"), Decimal("0.6"), Decimal(10), Decimal("0.01"), Decimal(1))
    for symbol in ("A", "B", "C")
]


def triples(wishes: list[Wish]) -> set[tuple[Any, ...]]:
    told = [
        {
            "side": each.side,
            "fills": each.fills,
            "by": each.credential,
            "role": each.role,
            "market": each.market.symbol,
        }
        for each in wishes
    ]
    return {three for each in told for three in combinations(each.items(), 3)}


def test_two_turns_have_all_orders_that_are_filled_by_side_fills_credential_and_role() -> None:
    each = [
        {(wish.side, wish.fills, wish.credential, wish.role) for wish in of_all_kinds(MARKETS, BOTH, ["placing"], turn)}
        for turn in (0, 1)
    ]
    every = product(SIDES, (1, 2, 3), BOTH, ROLES)
    assert each[0] | each[1] >= {kind for kind in every if can_fill(kind[3], kind[1])}


@pytest.mark.parametrize("turn", [0, 1])
def test_one_turn_has_any_three_of_these(turn: int) -> None:
    filled = [wish for wish in of_all_kinds(MARKETS, BOTH, ["placing"], turn) if wish.fills and wish.credential]
    values = {"side": SIDES, "fills": (1, 2, 3), "by": BOTH, "role": ROLES}
    due = {
        tuple(zip(names, some, strict=True))
        for names in combinations(values, 3)
        for some in product(*(values[name] for name in names))
    }
    impossible = {("fills", 1), ("role", "both")}
    assert {each for each in due if not impossible <= {*each}} <= triples(filled)


@pytest.mark.parametrize("turn", [0, 1])
def test_older_orders_are_of_each_age_in_each_market_on_both_sides_and_as_often_filled(turn: int) -> None:
    old = [wish for wish in of_all_kinds(MARKETS, BOTH, ["injecting"], turn) if wish.age != YOUNG]
    ages = [age for age in AGES if age != YOUNG]
    assert {(wish.market.symbol, wish.age, wish.side) for wish in old} == {
        *product((each.symbol for each in MARKETS), ages, SIDES)
    }
    assert {(wish.age, wish.side, wish.fills) for wish in old} == {*product(ages, SIDES, (0, 1))}
    assert {(wish.market.symbol, wish.age, wish.fills) for wish in old} == {
        *product((each.symbol for each in MARKETS), ages, (0, 1))
    }


def test_a_bystander_is_filled_up_to_three_times_on_both_sides_with_each_credential() -> None:
    both = [wish for turn in (0, 1) for wish in of_many_kinds(MARKETS, BOTH, ["placing"], turn)]
    assert {(wish.side, wish.fills, wish.credential) for wish in both} == {*product(SIDES, range(4), BOTH)}
