"""Weight: no request is throttled."""

import pytest

from conformance.declare import cancels, needs, verifies
from conformance.oracle.errors import overloaded
from conformance.scenarios.bursts import BURST, burst
from conformance.stage.stage import Stage
from conformance.verdict import Inconclusive
from conformance.wire.answers import decoded
from conformance.wire.signer import Credential

EACH_CREDENTIAL = pytest.mark.parametrize(
    "credential",
    [
        pytest.param("jwt", marks=pytest.mark.needs(jwt=True)),
        pytest.param("api-key", marks=pytest.mark.needs(api_key=True)),
    ],
)


@cancels
@EACH_CREDENTIAL
@verifies("weight.zero")
@needs(unthrottled=BURST)
def test_a_burst_is_not_throttled(stage: Stage, credential: Credential) -> None:
    """A hundred requests within a second, lists and cancel-alls with nothing to cancel: none is answered 429 or 418, or
    a 5xx other than 503 with a documented code.
    """
    stage.clear()
    stage.caller.list(credential=credential)  # what fails before the burst does not fail because of it
    made = burst(stage, credential)
    for exchange in made.exchanges:
        within = f"to one of {len(made.exchanges)} within {made.seconds:.2f} s, with the {credential}"
        breaches = overloaded(exchange.status, decoded(exchange.response_body), within)
        stage.caller.observations.report(breaches, exchange, raising=True)
    if made.seconds > 1:
        raise Inconclusive(
            f"{len(made.exchanges)} requests took {made.seconds:.1f} s: too slow for a burst in a second"
        )
