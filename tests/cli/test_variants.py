"""Twins that are served as one server."""

import itertools

import pytest

from conformance import faults
from conformance.cli.variants import in_groups, together_as_one
from conformance.exits import WrongUsage

TWINS = faults.twins()


@pytest.mark.parametrize("seed", [0, 1])
def test_each_twin_is_in_one_group_and_each_group_is_a_server(seed: int) -> None:
    groups = in_groups(TWINS.values(), 3, seed)
    assert sorted(twin.name for group in groups for twin in group) == sorted(TWINS)
    assert max(map(len, groups)) == 3
    assert sum(len(group) == 3 for group in groups) > len(groups) / 2
    for group in groups:
        faults.combined(group, seed)


def test_other_seeds_bring_others_together() -> None:
    def pairs(seed: int) -> set[frozenset[str]]:
        groups = [[twin.name for twin in group] for group in in_groups(TWINS.values(), 3, seed)]
        return {frozenset(pair) for group in groups for pair in itertools.combinations(group, 2)}

    assert pairs(0) == pairs(0)
    assert len(pairs(0) & pairs(1)) < len(pairs(0)) / 4


def test_one_at_a_time() -> None:
    assert {len(group) for group in in_groups(TWINS.values(), 1, 0)} == {1}


def test_what_shows_late_does_not_meet_what_shows_late() -> None:
    assert [each.name for each in together_as_one("lists-lag+hangs-up")] == ["lists-lag", "hangs-up"]
    with pytest.raises(WrongUsage, match="lists-lag and fills-show-late cannot be combined: a profile allows each"):
        together_as_one("lists-lag+fills-show-late")
    late = [sum(twin.shows_late for twin in group) for group in in_groups(TWINS.values(), 3, 0)]
    assert max(late) == 1
    assert sum(late) >= 9


def test_those_under_overload_stay_alone() -> None:
    for group in in_groups(TWINS.values(), 3, 0):
        assert len(group) == 1 or all(twin.command == "run" for twin in group)
