"""Live orders of somebody else, in either account: they stay."""

import time

import pytest

from conformance.sandbox import Sandbox
from conformance.sandbox.records import from_record
from conformance.stage.wishes import Wish
from conformance.verdict import Declined, NotObserved
from tests.orders import record
from tests.sandboxes import stage_on


def with_a_live_order_of(account: str) -> Sandbox:
    sandbox = Sandbox(0)
    strange = record("strange", status="open", created_at=int(time.time()) - 5)
    sandbox.exchange.inject(from_record(account, strange))
    return sandbox


def test_those_of_the_other_account_stay_and_the_rest_is_tested() -> None:
    with stage_on(with_a_live_order_of("bob")) as stage:
        assert stage.other_view is not None
        stage.arranger.arrange(stage.other_view, [Wish(stage.markets[0], "buy")], by="placing")
        assert len(stage.other_view.settled().live()) == 2
        stage.clear(stage.other_view)
        assert [order.id for order in stage.other_view.settled().live()] == ["strange"]
        with pytest.raises(NotObserved, match="bob has a live order that this run did not place"):
            stage.other_view.decline_to_harm()
        stage.view.decline_to_harm()


def test_with_those_of_the_caller_nothing_is_canceled() -> None:
    with stage_on(with_a_live_order_of("alice")) as stage:
        stage.view.settled()
        with pytest.raises(Declined, match="alice has a live order that this run did not place"):
            stage.clear()
