"""The longest chain of requests, of which none was sent before the one before it was answered."""

import time

import pytest

from conformance.wire.pace import Pace


@pytest.mark.parametrize(
    ("requests", "chain"),
    [
        ([], 0),
        ([(0, 1), (1, 2), (2, 3)], 3),
        ([(0, 3), (1, 2), (2, 4)], 2),  # not the one that is sent first, which would keep both others out
        ([(0, 1), (0, 1), (0, 1)], 1),
        ([(0, 9), (1, 2), (3, 4), (3.5, 4.5), (5, 6)], 3),
    ],
)
def test_the_chain_is_the_longest_that_there_is(
    requests: list[tuple[float, float]], chain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace()
    for sent_at, ended_at in sorted(requests, key=lambda each: each[1]):
        monkeypatch.setattr(time, "monotonic", lambda at=ended_at: at)
        pace.ended(sent_at, is_list=False)
    assert pace.work(cpu_s=0).chain == chain
