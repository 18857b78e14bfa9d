"""Caches: what one was shown is kept for nobody else."""

from conformance.declare import each_credential, early, needs, verifies
from conformance.scenarios import caches, forged_requests
from conformance.stage.stage import Stage
from conformance.wire.signer import Credential


@early
@each_credential
@verifies("list.own-only")
@needs(other=True)
def test_what_one_account_was_shown_is_not_shown_to_another(stage: Stage, credential: Credential) -> None:
    """A plain list, the open orders and those of a status that is over, by one account and at once by the other: each
    is shown its own orders.
    """
    caches.expect_own(stage, stage.lists.alike, credential)


@early
@verifies("auth.required", "auth.jwt")
@needs(orders=1, jwt=True)
def test_a_refusal_is_not_kept(stage: Stage) -> None:
    """A list without credentials, and at once the same with a token: a 4xx first, then the orders."""
    forged_requests.good_after_refused(stage)
