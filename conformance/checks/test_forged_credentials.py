"""Access: credentials that are missing, unknown, malformed or altered show nothing and touch nothing."""

import pytest

from conformance.account.account import Account
from conformance.declare import cancels, needs, verifies
from conformance.operations import LIST
from conformance.orders import Query
from conformance.scenarios import attempts
from conformance.stage.stage import Stage
from conformance.verdict import NotObserved
from conformance.wire import forgery
from conformance.wire.forgery import FORGERIES, Forgery

OF_REQUIREMENT = {id: pytest.mark.verifies(id) for id in ("auth.required", "auth.jwt-forged", "auth.signature")}


def _parameter(forged: Forgery) -> object:
    marks = [OF_REQUIREMENT[forged.requirement]]
    if forged.needs:
        marks.append(pytest.mark.needs(**{forged.needs: True}))
    return pytest.param(forged, marks=marks, id=forged.says)


EACH_FORGERY = pytest.mark.parametrize("forged", [_parameter(each) for each in FORGERIES])
ADDED = (forgery.added_in_front, forgery.added_behind_the_timestamp)


@EACH_FORGERY
@needs(orders=1)
def test_a_forged_credential_lists_nothing(caller: Account, stage: Stage, forged: Forgery) -> None:
    """A list with parameters: a 4xx that shows no order."""
    attempts.list_forged(stage, caller, forged, "status=open&limit=200")


@cancels
@EACH_FORGERY
@needs(arrange=True)
def test_a_forged_credential_cancels_nothing(stage: Stage, forged: Forgery) -> None:
    """Cancel-all while orders are live: a 4xx, and each of them stands as before."""
    stage.have_live()
    attempts.cancel_forged(stage, forged, "")


@verifies("auth.signature")
@needs(api_key=True, orders=2)
def test_a_list_acts_on_nothing_that_is_not_signed(caller: Account, stage: Stage) -> None:
    """Each parameter added after signing, in front of the timestamp or behind it: a 4xx that shows no order."""
    some = next(iter(stage.seen.orders.values()))
    for name, value in Query(some.symbol, some.status, some.created_at, some.created_at, 1).pairs():
        for added in ADDED:
            attempts.list_forged(stage, caller, added(f"{name}={value}"), "")


@cancels
@verifies("auth.signature")
@needs(api_key=True, arrange=True)
def test_a_cancel_all_acts_on_nothing_that_is_not_signed(stage: Stage) -> None:
    """A symbol added after signing: a 4xx, and nothing is canceled."""
    for added in ADDED:
        stage.have_live()
        attempts.cancel_forged(stage, added(f"symbol={stage.markets[0].symbol}"), "")


@verifies("auth.signature")
@needs(api_key=True, orders=1)
def test_a_signature_is_good_for_its_own_query_alone(caller: Account, stage: Stage) -> None:
    """A signature that was accepted a moment ago, under another query: a 4xx."""
    good, headers = caller.signer.authorize("limit=2", "api-key")
    caller.send(LIST, good, headers)
    attempts.list_forged(stage, caller, forgery.replayed(good), "limit=3")


@verifies("auth.signature")
@needs(api_key=True, orders=1, other=True)
def test_a_key_goes_with_its_own_secret_alone(caller: Account, other: Account, stage: Stage) -> None:
    """The caller's key, and a signature made with the other account's secret: a 4xx."""
    if "api-key" not in other.credentials:
        raise NotObserved("the other account has no key")
    attempts.list_forged(stage, caller, forgery.signed_by(other.signer), "")


@verifies("auth.signature")
@needs(api_key=True, orders=2)
def test_a_parameter_behind_the_signature_is_not_acted_on_by_lists(caller: Account) -> None:
    """limit=1 behind the signature: a 4xx, or the list as it is without it."""
    attempts.list_appended(caller, "limit=1")


@cancels
@verifies("auth.signature")
@needs(api_key=True, arrange=True, tradable=2)
def test_a_symbol_behind_the_signature_is_not_acted_on_by_cancel_all(stage: Stage) -> None:
    """Live orders in two markets, one of them named behind the signature: nothing is canceled, or all of them."""
    stage.arrange_in_each_market()
    attempts.cancel_appended(stage, f"symbol={stage.markets[0].symbol}")


@verifies("auth.timestamp")
@needs(api_key=True, orders=1)
def test_a_day_old_signature_is_refused(caller: Account, stage: Stage) -> None:
    """A signed timestamp of a day ago: a 4xx."""
    attempts.list_forged(stage, caller, forgery.A_DAY_OLD, "")
