"""Orders that are over, looked at by their status before cancel-alls and after."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.observations import Observations
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.records import Order
from conformance.scenarios import over
from conformance.stage.arranger import History
from conformance.verdict import NotObserved, Violation
from tests.sandboxes import stage_on

REQUIREMENTS = {"cancel.terminal-untouched", "cancel.expired-untouched"}


def becomes_canceled(exchange: Exchange, order: Order) -> None:
    exchange.orders["alice"][order.id] = replace(order, status="canceled", updated_at=order.updated_at + 9)


def is_stamped(exchange: Exchange, order: Order) -> None:
    exchange.orders["alice"][order.id] = replace(order, updated_at=order.updated_at + 9)


def vanishes(exchange: Exchange, order: Order) -> None:
    del exchange.orders["alice"][order.id]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (becomes_canceled, "status expired became canceled"),
        (is_stamped, "updated_at"),
        (vanishes, "without it"),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_what_becomes_of_an_order_that_was_over_is_told(change: Callable[[Exchange, Order], None], told: str) -> None:
    sandbox, observations = Sandbox(), Observations([*REQUIREMENTS])
    with stage_on(sandbox, observations) as stage:
        stage.arranger.histories({stage.view: History(60)})
        over.note(stage)
        over.expect_as_noted(stage, ("filled", "rejected", "expired"))
        assert set(observations.saw) >= REQUIREMENTS
        expired = next(each for each in sandbox.exchange.orders["alice"].values() if each.status == "expired")
        change(sandbox.exchange, expired)
        with pytest.raises(Violation, match=told) as raised:
            over.expect_as_noted(stage, ("expired",))
    assert raised.value.breach.requirement == "cancel.expired-untouched"
    assert expired.id in raised.value.breach.want
    then, now = raised.value.evidence
    assert "status=expired" in then.url
    assert then.came_at <= now.sent_at


def test_where_nothing_was_over_nothing_is_observed() -> None:
    with stage_on(Sandbox()) as stage:
        over.note(stage)
        with pytest.raises(NotObserved):
            over.expect_as_noted(stage, ("expired",))
