"""Listing: all parameters together, in every combination of three, by either account with either credential."""

import pytest

from conformance.coverage.queries import Asked
from conformance.declare import needs, verifies
from conformance.hypothesis_seam import run_examples
from conformance.stage.stage import Stage
from conformance.strategies import chosen_lists
from conformance.verdict import NotObserved
from conformance.wire.signer import Credential

JWT = pytest.param("jwt", marks=pytest.mark.needs(jwt=True))
API_KEY = pytest.param("api-key", marks=pytest.mark.needs(api_key=True))
OTHER = pytest.param("other", marks=pytest.mark.needs(other=True))


@verifies("list.newest-first", "list.limit-after-filters", "list.conjunctive")
@needs(orders=2)
@pytest.mark.parametrize("credential", [JWT, API_KEY])
@pytest.mark.parametrize("whose", ["caller", OTHER])
def test_any_three_parameters_together(stage: Stage, whose: str, credential: Credential) -> None:
    """Lists whose values tell, the short ones first: the right orders, whatever a parameter does beside two others."""
    lists = chosen_lists(stage, whose, credential)
    if not lists:
        raise NotObserved(f"{whose} has no orders that lists with the {credential} could tell apart")
    view = stage.view_of(whose)

    def shows_the_right_orders(asked: Asked) -> None:
        view.account.observations.cover("lists", asked)
        view.known.expect(asked.query, credential, may_reject=asked.may_be_rejected)

    run_examples("asked", stage.effort.while_time_lasts(lists), shows_the_right_orders)
