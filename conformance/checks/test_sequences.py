"""Any sequence of placing, trading, canceling and listing, from either account, against a model."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from conformance.declare import cancels, needs, verifies
from conformance.hypothesis_seam import DRAWING, run_machine
from conformance.orders import STATUSES
from conformance.scenarios.sequences import Walk
from conformance.stage.stage import Stage

STEPS = 4
SEQUENCES = 2

whose = st.sampled_from(("caller", "other"))
market = st.sampled_from(("first", "last"))
side = st.sampled_from(("buy", "sell"))


class Steps(RuleBasedStateMachine):
    """What two users do, one after the other; each step is judged by what the model says of the steps so far.

    They are taken once all are drawn. Else a target that fails at another step when it is asked again would draw fewer
    of them, and Hypothesis could neither shrink the sequence nor show it.
    """

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[Callable[[Walk], None]] = []

    @initialize(market=market, mine=side, theirs=side)
    def begins(self, market: str, mine: str, theirs: str) -> None:
        """An order of each, so that a cancel-all finds something."""
        self.drawn.append(lambda walk: walk.begin(market, mine, theirs))

    @rule(account=whose, market=market, side=side)
    def places(self, account: str, market: str, side: str) -> None:
        """An order that rests."""
        self.drawn.append(lambda walk: walk.place(account, market, side))

    @rule(account=whose, market=market, side=side, whole=st.booleans())
    def trades(self, account: str, market: str, side: str, whole: bool) -> None:
        """An order, and another one of the opposite account that takes all of it, or half."""
        self.drawn.append(lambda walk: walk.trade(account, market, side, whole=whole))

    @rule(account=whose, market=st.none() | market)
    def cancels_all(self, account: str, market: str | None) -> None:
        """Cancel-all, of one market or of all."""
        self.drawn.append(lambda walk: walk.cancel_all(account, market))

    @rule(account=whose, market=st.none() | market, status=st.none() | st.sampled_from(STATUSES))
    def lists(self, account: str, market: str | None, status: str | None) -> None:
        """A list."""
        self.drawn.append(lambda walk: walk.list(account, market, status))

    def teardown(self) -> None:
        """Take the steps, from nothing live on."""
        walk = Walk(self.stage)
        for step in self.drawn:
            step(walk)


@cancels
@verifies("cancel.exact", "cancel.complete", "cancel.final", "list.safe")
@needs(place=True)
@settings(DRAWING, max_examples=SEQUENCES)
@given(data=st.data())
def test_any_sequence_of_steps(stage: Stage, data: st.DataObject) -> None:
    """Placing, trading, canceling and listing at will: after each step the orders are what the steps have made them."""
    run_machine(type("Steps", (Steps,), {"stage": stage}), data, steps=stage.effort.times(STEPS))
