"""Access: credentials that are missing, unknown, malformed or altered show nothing and touch nothing."""

from collections.abc import Sequence

import pytest

from conformance.account.account import Account
from conformance.declare import cancels, early, forges, needs, verifies
from conformance.orders import Query
from conformance.scenarios import caches, forged_requests, unsigned_parameters
from conformance.stage.stage import Stage
from conformance.verdict import NotObserved
from conformance.wire import forgery
from conformance.wire.forgery import COMPONENTS, Forgery

OF_REQUIREMENT = {
    id: pytest.mark.verifies(id) for id in ("auth.required", "auth.jwt-forged", "auth.signature", "auth.timestamp")
}


def _parameter(component: str, forgeries: Sequence[Forgery]) -> object:
    marks = [OF_REQUIREMENT[forgeries[0].requirement]]
    if forgeries[0].needs:
        marks.append(pytest.mark.needs(**{forgeries[0].needs: True}))
    return pytest.param(forgeries, marks=marks, id=component)


_WORKERS = 6  # replays: servers have as many workers or fewer, which mostly take turns

EACH_COMPONENT = pytest.mark.parametrize("forgeries", [_parameter(*each) for each in COMPONENTS.items()])


@early
@EACH_COMPONENT
@needs(orders=1)
def test_a_forged_credential_lists_nothing(stage: Stage, forgeries: Sequence[Forgery]) -> None:
    """A list that the caller was shown just before, with each alteration of one part of the credentials: a 4xx that
    shows no order.

    It is a plain list, that of the open orders, and that of a status that is over, in turn.
    """
    forged_requests.list_forged_after_good(stage, forgeries)


@cancels
@forges
@EACH_COMPONENT
@needs(arrange=True)
def test_a_forged_credential_cancels_nothing(stage: Stage, forgeries: Sequence[Forgery]) -> None:
    """Cancel-all while orders are live, of all markets or of one, with each alteration of one part: a 4xx, and each
    order stands as before.
    """
    forged_requests.cancel_forged(stage, forgeries)


@verifies("auth.signature")
@needs(api_key=True, orders=2)
def test_a_list_acts_on_nothing_that_is_not_signed(stage: Stage) -> None:
    """Each parameter added after signing, and one of them behind the timestamp: a 4xx that shows no order."""
    some = next(iter(stage.seen.orders.values()))
    pairs = Query(some.symbol, some.status, some.created_at, some.created_at, 1).pairs()
    forgeries = [forgery.added_in_front(f"{name}={value}") for name, value in pairs]
    forgeries.append(forgery.added_behind_the_timestamp("limit=1"))
    forged_requests.list_forged(stage, forgeries, "")


@cancels
@verifies("auth.signature")
@needs(api_key=True, arrange=True)
def test_a_cancel_all_acts_on_nothing_that_is_not_signed(stage: Stage) -> None:
    """A symbol added after signing: a 4xx, and nothing is canceled."""
    symbol = f"symbol={stage.markets[0].symbol}"
    forged_requests.cancel_forged(stage, [forgery.added_in_front(symbol), forgery.added_behind_the_timestamp(symbol)])


@early
@verifies("auth.signature")
@needs(api_key=True, orders=1)
def test_a_signature_is_good_for_its_own_query_alone(caller: Account, stage: Stage) -> None:
    """A signature that was accepted a moment ago, under another query, several times: a 4xx.

    Of several workers, one alone may keep what it accepted.
    """
    [good] = caches.good_before(stage, [(stage.lists.alike[0], "api-key")])
    if good is None:
        raise NotObserved("no list was shown for a signed request")
    signed, _ = caller.signer.at(good.signed_at_ms).authorize(good.query, "api-key")
    forged_requests.list_forged(stage, [forgery.replayed(signed)] * _WORKERS, "limit=3")


@verifies("auth.signature")
@needs(api_key=True, orders=2)
def test_a_parameter_behind_the_signature_is_not_acted_on_by_lists(stage: Stage) -> None:
    """Each parameter behind the signature: a 4xx, or the list as it is without it."""
    unsigned_parameters.list_appended(stage)


@cancels
@verifies("auth.signature")
@needs(api_key=True, arrange=True, tradable=2)
def test_a_symbol_behind_the_signature_is_not_acted_on_by_cancel_all(stage: Stage) -> None:
    """Live orders in two markets, one of them named behind the signature: nothing is canceled, or all of them."""
    stage.arrange_in_each_market()
    unsigned_parameters.cancel_appended(stage, f"symbol={stage.markets[0].symbol}")
