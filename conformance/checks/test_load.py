"""Weight: no request is throttled."""

from conformance.declare import cancels, needs, verifies
from conformance.scenarios.bursts import BURST, burst
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Inconclusive, Violation

THROTTLED = (429, 418)


@cancels
@verifies("weight.zero")
@needs(unthrottled=BURST)
def test_a_burst_is_not_throttled(stage: Stage) -> None:
    """A hundred requests within a second, lists and cancel-alls with nothing to cancel: none is answered 429 or 418."""
    stage.clear()
    exchanges, seconds = burst(stage)
    for exchange in exchanges:
        if exchange.status in THROTTLED:
            got = f"{exchange.status} to one of {len(exchanges)} within {seconds:.2f} s"
            raise Violation(Breach("no answer of 429 or 418", got), exchange)
    if seconds > 1:
        raise Inconclusive(f"{len(exchanges)} requests took {seconds:.1f} s: too slow for a burst within a second")
