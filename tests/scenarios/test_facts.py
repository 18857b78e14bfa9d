from types import SimpleNamespace
from typing import Any

import pytest

from conformance.stage.facts import missing


@pytest.mark.parametrize(
    ("refusals", "says", "enable"),
    [
        ([], "1 order in the caller's account", "[driver.place] or [driver.inject], or take an account"),
        (["400 TOO_MANY"], "1 order in the caller's account (400 TOO_MANY)", "an account with a longer history"),
        (
            ["target.max_orders allows 2 orders, and 0 are placed"],
            "1 order in the caller's account (target.max_orders allows 2 orders, and 0 are placed)",
            "a higher target.max_orders",
        ),
    ],
)
def test_what_is_missing_says_why_and_what_helps(refusals: list[str], says: str, enable: str) -> None:
    arranger = SimpleNamespace(refusals=refusals)
    stage: Any = SimpleNamespace(seen=SimpleNamespace(orders={}), arranger=arranger, ways=("placing",))
    [told] = missing(stage, {"orders": 1})
    assert told.says == says
    assert told.enable.startswith(enable)


@pytest.mark.parametrize(
    ("environment", "need", "enable"),
    [
        ("staging", {"fault": True}, "--scope full"),
        ("staging", {"cancel": True}, "--scope full, with a caller"),
        ("production", {"fault": True}, "a target that is not production"),
        ("production", {"cancel": True}, "a target that is not production"),
    ],
)
def test_what_may_only_be_read_is_not_helped_by_a_driver(environment: str, need: dict[str, bool], enable: str) -> None:
    target = SimpleNamespace(environment=environment)
    stage: Any = SimpleNamespace(full_scope=False, target=target, arranger=SimpleNamespace(refusals=[]), ways=())
    [told] = missing(stage, need)
    assert told.enable.startswith(enable)
