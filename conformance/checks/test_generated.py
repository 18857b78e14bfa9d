"""What the contract allows and what it forbids, as Schemathesis generates it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.account.account import Account
from conformance.declare import cancels, needs, verifies
from conformance.generated import forbidden_listings, odd_cancels, odd_listings
from conformance.hypothesis_seam import DRAWING
from conformance.scenarios import attempts
from conformance.stage.stage import Stage

AT_ONCE = 3


@verifies("error.bad-input")
@needs(orders=1)
@settings(DRAWING, max_examples=3)
@given(data=st.data())
def test_an_odd_value_that_the_contract_allows(caller: Account, stage: Stage, data: st.DataObject) -> None:
    """A name that is no market, a time before all time, a limit beyond any: refused, or a list like any other."""
    caller.probe(data.draw(odd_listings(stage.seen), label="query string"))


@verifies("error.bad-input")
@needs(orders=1)
@settings(DRAWING, max_examples=3)
@given(query_string=forbidden_listings())
def test_a_list_that_the_contract_forbids(caller: Account, query_string: str) -> None:
    """Texts for numbers, unknown words, lists, parameters that do not exist: refused, or a list like any other."""
    caller.probe(query_string)


@cancels
@verifies("error.bad-input")
@settings(DRAWING, max_examples=1)
@given(query_strings=st.lists(odd_cancels(), min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_cancel_all_that_is_oddly_put(stage: Stage, query_strings: list[str]) -> None:
    """Any symbol, and parameters that do not exist, while nothing is live: refused, or nothing canceled."""
    attempts.probe_cancels_of_nothing(stage, query_strings)
