"""How much is tried: a plain run has its fixed share; exploring takes more, until its time is up."""

import time
from types import SimpleNamespace
from typing import Any

from conformance.checks.test_cancel_coverage import LARGE, another_size
from conformance.oracle.listing import MAX_LIMIT
from conformance.stage.effort import PLAIN, Effort


def test_a_plain_run_does_each_thing_as_often_as_it_is_told() -> None:
    assert PLAIN.times(8) == 8
    assert PLAIN.times_as_many_examples == 1
    assert list(PLAIN.repeated("abc")) == ["a", "b", "c"]
    assert not PLAIN.time_is_up()


def test_exploring_does_more_until_its_time_is_up() -> None:
    lasting = Effort(exploring=True, until=time.monotonic() + 60)
    assert lasting.times(8) == len(list(lasting.repeated(range(8)))) > 8
    assert lasting.times_as_many_examples > 1
    over = Effort(exploring=True, until=time.monotonic() - 1)
    assert over.time_is_up()
    assert list(over.repeated("abc")) == list(over.while_time_lasts("abc")) == ["a"]


def test_large_sets_of_two_rounds_hardly_ever_lie_at_the_same_time() -> None:
    assert PLAIN.earlier_s == 0
    assert len({Effort.to_explore().earlier_s for _ in range(100)}) > 90


def test_other_and_larger_live_sets_follow_from_the_seed() -> None:
    def sizes(effort: Effort, count: int) -> list[int]:
        stages: list[Any] = [SimpleNamespace(effort=effort, seed=seed) for seed in range(50)]
        return [another_size(stage, count, "jwt") for stage in stages]

    assert set(sizes(PLAIN, 201)) == {201}
    exploring = Effort(exploring=True)
    assert sizes(exploring, 201) == sizes(exploring, 201)
    assert set(sizes(exploring, 201)) <= set(LARGE)
    assert max(LARGE) > 1_000
    smaller = set(sizes(exploring, 50))
    assert len(smaller) > 20
    assert smaller <= set(range(1, MAX_LIMIT + 1))
