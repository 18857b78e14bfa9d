"""Covering arrays: every combination that can be stands in a row, and the rows are few."""

import random
from collections.abc import Mapping

import pytest

from conformance.coverage.array import combinations_of, completed, cover, within

PARAMETERS = {"a": ("1", "2", "3"), "b": ("1", "2", "3", "4"), "c": ("x", "y"), "d": ("x", "y", "z"), "e": ("p", "q")}


def anything(_row: Mapping[str, str]) -> bool:
    return True


@pytest.mark.parametrize("strength", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_combination_stands_in_a_row(strength: int, seed: int) -> None:
    wanted = combinations_of(PARAMETERS, strength)
    rows = cover(PARAMETERS, wanted, random.Random(seed), anything)
    assert wanted == set().union(*(within(row, strength) for row in rows))
    assert all(list(row) == list(PARAMETERS) for row in rows)


def test_the_rows_are_few() -> None:
    rows = cover(PARAMETERS, combinations_of(PARAMETERS, 2), random.Random(0), anything)
    assert len(rows) <= 4 * 3 + 4  # no fewer than 4 × 3 can be: each value of b beside each of a


def test_what_may_not_be_stands_in_no_row_and_keeps_nothing_else_out() -> None:
    def allowed(row: Mapping[str, str]) -> bool:
        return not (row.get("a") == "1" and row.get("c") == "x")

    wanted = combinations_of(PARAMETERS, 2)
    rows = cover(PARAMETERS, wanted, random.Random(0), allowed)
    assert all(allowed(row) for row in rows)
    assert wanted - set().union(*(within(row, 2) for row in rows)) == {(("a", "1"), ("c", "x"))}


def test_the_seed_decides() -> None:
    wanted = combinations_of(PARAMETERS, 2)
    one, same, other = (cover(PARAMETERS, wanted, random.Random(seed), anything) for seed in (0, 0, 1))
    assert one == same != other


def test_nothing_wanted_needs_no_row() -> None:
    assert cover(PARAMETERS, set(), random.Random(0), anything) == []


def test_begun_rows_are_completed_by_values_that_show_much() -> None:
    begun = [{"a": value} for value in ("1", "2", "3", "1")]
    rows = completed(begun, PARAMETERS, combinations_of(PARAMETERS, 2), random.Random(0), anything)
    assert [row["a"] for row in rows] == ["1", "2", "3", "1"]
    assert all(list(row) == list(PARAMETERS) for row in rows)
    shown = set[object]().union(*(within(row, 2) for row in rows))
    assert len(shown) >= 36  # of four rows with ten pairs each: nearly all are new
