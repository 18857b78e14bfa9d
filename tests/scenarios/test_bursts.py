from types import SimpleNamespace
from typing import Any

import pytest

from conformance.scenarios.bursts import BURST, CANCELS, _connections


@pytest.mark.parametrize(
    ("round_trip_ms", "count", "connections"),
    [
        (1, BURST, 10),
        (40, BURST, 10),
        (120, BURST, 47),
        (400, BURST, 100),
        (1, CANCELS, 10),
        (400, CANCELS, 21),
    ],
)
def test_a_burst_opens_as_many_connections_as_the_distance_asks_for(
    round_trip_ms: float, count: int, connections: int
) -> None:
    good = SimpleNamespace(exchange=SimpleNamespace(elapsed_ms=round_trip_ms))
    account: Any = SimpleNamespace(good=[good])
    assert _connections(account, count) == connections
