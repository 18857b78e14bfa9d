from types import SimpleNamespace
from typing import Any

import pytest

from conformance.stage.facts import missing


@pytest.mark.parametrize(
    ("refusals", "says", "enable"),
    [
        ([], "1 order in the caller's account", "[driver.place] or [driver.inject], or take an account"),
        (["400 TOO_MANY"], "1 order in the caller's account (400 TOO_MANY)", "[driver.place] or [driver.inject], or"),
        (
            ["target.max_orders allows 2 orders, and 0 are placed"],
            "1 order in the caller's account (target.max_orders allows 2 orders, and 0 are placed)",
            "a higher target.max_orders",
        ),
    ],
)
def test_what_is_missing_says_why_and_what_helps(refusals: list[str], says: str, enable: str) -> None:
    stage: Any = SimpleNamespace(seen=SimpleNamespace(orders={}), arranger=SimpleNamespace(refusals=refusals))
    [told] = missing(stage, {"orders": 1})
    assert told.says == says
    assert told.enable.startswith(enable)
