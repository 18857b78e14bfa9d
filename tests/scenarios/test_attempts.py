"""What a request is charged with that must not take effect."""

from collections.abc import Awaitable
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import faults
from conformance.sandbox import Face, Sandbox
from conformance.scenarios.attempts import harm_done, probe_cancels_that_may
from conformance.stage.stage import Stage
from conformance.verdict import Violation
from tests.orders import order
from tests.sandboxes import stage_on


def test_what_a_list_of_its_own_second_shows_has_not_been_harmed() -> None:
    with stage_on(Sandbox()) as stage:
        stage.have_live()
        before = replace(stage.view.believed(), horizon=None)
        [live, *_] = before.live()
        others = {id: each for id, each in before.orders.items() if id != live.id}
        assert harm_done(stage, before, replace(before, orders=others)) == []
        never_there = order("gone", created_at=live.created_at, symbol=live.symbol)
        [done] = harm_done(stage, replace(before, orders={**others, "gone": never_there}), before)
        assert done.got == "a list without it"


def test_what_an_earlier_cancel_all_told_as_canceled_has_not_been_harmed_either() -> None:
    """Lists that are behind show it live a moment longer."""
    with stage_on(Sandbox()) as stage:
        stage.have_live()
        before = stage.view.look()
        [live, *_] = before.live()
        over = replace(live, status="canceled")
        after = replace(before, orders={**before.orders, live.id: over})
        assert len(harm_done(stage, before, after)) == 1
        stage.caller.settled.tell([over], before.exchanges[0])
        assert harm_done(stage, stage.view.look(), after) == []


def named_twice(stage: Stage) -> None:
    first, second = (market.symbol for market in stage.markets[:2])
    reach = {f"symbol={second}&symbol={second}": {second}, f"symbol={first}&symbol={second}": {first, second}}
    probe_cancels_that_may(stage, reach, stage.arrange_in_each_market)


class FirstSymbolCounts(Face):
    """Cancels in the market that is named first."""

    def cancel_orders(self, request: Request, account: str, _body: bytes) -> Response | Awaitable[Response]:
        return self.cancel_all(account, request.query_params.getlist("symbol")[0])


@pytest.mark.parametrize("face", [Face, FirstSymbolCounts])
def test_a_symbol_that_is_named_twice_may_cancel_where_it_names_something(face: type[Face]) -> None:
    kind: type[Sandbox] = type(face.__name__, (Sandbox,), {"face_class": face})
    with stage_on(kind()) as stage:
        named_twice(stage)
        assert stage.caller.observations.saw["error.bad-input"] == 2


def test_and_nowhere_else_and_the_one_that_does_so_is_shown_alone() -> None:
    with stage_on(faults.load()["repeated-symbol-is-none"].sandbox()) as stage:
        with pytest.raises(Violation) as found:
            named_twice(stage)
        assert found.value.breach.requirement == "error.bad-input"
        assert [each.method for each in found.value.evidence] == ["GET", "DELETE", "GET"]
