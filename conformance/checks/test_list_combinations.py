"""Listing: all parameters together, in every combination of three, by either account with either credential."""

from collections.abc import Iterator

import pytest

from conformance.coverage.asked import Asked
from conformance.declare import each_credential, needs, verifies
from conformance.hypothesis_seam import run_examples
from conformance.stage.stage import Stage
from conformance.strategies import chosen_lists, first_lists
from conformance.verdict import NoList, NotObserved
from conformance.wire.signer import Credential

AT_ONCE = 100  # lists that are asked for before they are judged: an exploration may end in between

OTHER = pytest.param("other", marks=pytest.mark.needs(other=True))


@verifies("list.newest-first", "list.limit-after-filters", "list.conjunctive")
@needs(orders=2)
@each_credential
@pytest.mark.parametrize("whose", ["caller", OTHER])
def test_any_three_parameters_together(stage: Stage, whose: str, credential: Credential) -> None:
    """Lists whose values tell, the short ones first: the right orders, whatever a parameter does beside two others."""
    if credential not in stage.view_of(whose).account.credentials:
        raise NotObserved(f"the profile has no {credential} of the {whose}")
    view = stage.view_of(whose)

    shown: list[Asked] = []
    none: list[NoList] = []

    def shows_the_right_orders(asked: Asked) -> None:
        view.account.observations.cover("lists", asked)
        try:
            view.known.expect(asked.query, credential, may_reject=asked.may_be_rejected)
            shown.append(asked)
        except NoList as reason:
            none.append(reason)  # the others may be lists

    there_are = False
    for some in _portions(stage, whose, credential):
        there_are |= bool(some)
        with view.known.ahead((each.query for each in some), credential):
            run_examples("asked", stage.effort.while_time_lasts(some), shows_the_right_orders)
    if none and not shown:
        raise none[0]
    if not there_are:
        raise NotObserved(f"{whose} has no orders with which a wrong list by the {credential} would show")


def _portions(stage: Stage, whose: str, credential: Credential) -> Iterator[list[Asked]]:
    """The lists, so many at once: those that are chosen at once come before the others are chosen."""
    first = first_lists(stage, whose, credential)
    yield first
    rest = [each for each in chosen_lists(stage, whose, credential) if each not in first]
    yield from (rest[number : number + AT_ONCE] for number in range(0, len(rest), AT_ONCE))
