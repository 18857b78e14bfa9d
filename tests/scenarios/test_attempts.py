"""What a request is charged with that must not take effect."""

from dataclasses import replace

from conformance.sandbox import Sandbox
from conformance.scenarios.attempts import harm_done
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
