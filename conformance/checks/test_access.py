"""Access: each credential alone is enough to list. Cancel-all is judged with each in test_cancel_coverage."""

import pytest

from conformance.account.account import Account
from conformance.account.known import Known
from conformance.declare import needs, verifies
from conformance.orders import Query
from conformance.stage.stage import Stage
from conformance.strategies import first_lists, listed
from conformance.verdict import Breach, NoList, Violation
from conformance.wire.signer import Credential

JWT = pytest.param("jwt", marks=[pytest.mark.verifies("auth.jwt"), pytest.mark.needs(jwt=True)])
API_KEY = pytest.param("api-key", marks=[pytest.mark.verifies("auth.api-key"), pytest.mark.needs(api_key=True)])


@pytest.mark.parametrize("credential", [JWT, API_KEY])
@needs(orders=1)
def test_a_credential_alone_is_enough_to_list(stage: Stage, known: Known, credential: Credential) -> None:
    """The token, or the signed key, without the other: a list without parameters shows orders.

    Lists with a key have each parameter alone as well, and all of them, since what is signed is another text each time.
    """
    caller, some = stage.caller, listed(stage, known.snapshot)[0]
    several = Query(some.symbol, some.status, some.created_at, some.created_at, 200)
    alone = [each.query for each in first_lists(stage, "caller", credential) if len(each.query.pairs()) == 1]
    queries = (Query(), *alone, several) if credential == "api-key" else (Query(),)
    pages = {}
    with known.ahead(queries, credential):
        for query in queries:
            try:
                pages[query] = known.page(query, credential)
            except NoList:
                if query == Query():
                    raise  # else it is a violation by itself, and others are lists
    for query, page in pages.items():
        if page.orders:
            continue
        others = [caller.list(query, kind) for kind in caller.credentials if kind != credential]
        if any(each.orders for each in others) and stage.view.catch_up(page.exchange.sent_at):
            page = caller.list(query, credential)  # it may have been behind the others
            if page.orders:
                continue
        if any(each.orders for each in others):
            breach = Breach(f"orders for {query} with the {credential} too", "none", "auth.same-account")
            raise Violation(breach, *(each.exchange for each in others), page.exchange)
        if not others and query == Query():
            raise Violation(Breach(f"orders for {query} with the {credential} alone", "none"), page.exchange)


@verifies("auth.same-account")
@needs(jwt=True, api_key=True, orders=1)
def test_both_credentials_see_the_same_orders(caller: Account, known: Known) -> None:
    """What the token sees is what the key sees, record by record."""
    for credential in caller.credentials:
        known.expect(Query(limit=200), credential)
