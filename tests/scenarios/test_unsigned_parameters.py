"""Parameters behind the signature of a good list."""

import pytest

from conformance import faults
from conformance.sandbox import Sandbox
from conformance.scenarios.unsigned_parameters import list_appended
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import NotObserved, Violation
from tests.sandboxes import stage_on


def with_orders(stage: Stage) -> None:
    stage.arrange([Wish(market, side) for market in stage.markets for side in ("buy", "sell")])


def test_a_list_that_is_as_it_is_without_them_is_right() -> None:
    with stage_on(faults.twins()["behind-the-signature-ignored"].sandbox()) as stage:
        with_orders(stage)
        list_appended(stage)


def test_each_parameter_that_is_acted_on_is_a_violation() -> None:
    with stage_on(faults.load()["status-behind-the-signature"].sandbox()) as stage:
        stage.arrange([Wish(stage.markets[0], "buy"), Wish(stage.markets[0], "sell", fills=1)])
        with pytest.raises(Violation, match="which is not signed"):
            list_appended(stage)


def test_of_no_orders_nothing_is_told() -> None:
    with stage_on(Sandbox(0)) as stage, pytest.raises(NotObserved):
        list_appended(stage)
