"""What a cache gives away: the finding shows the good list and what was given from it, and says only what is so."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from conformance import faults
from conformance.observations import Observations
from conformance.orders import Query
from conformance.sandbox import Gatekeeper, Sandbox
from conformance.sandbox.exchange import Ticket
from conformance.scenarios import caches
from conformance.scenarios.cancellation import cancel_all, expect_listed
from conformance.scenarios.forged_requests import good_after_refused, list_forged, list_forged_after_good
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Violation
from conformance.wire.forgery import COMPONENTS, NO_CREDENTIALS
from tests.sandboxes import stage_on

BARE = (NO_CREDENTIALS,)


def place(sandbox: Sandbox, account: str) -> None:
    symbol = next(iter(sandbox.exchange.markets))
    sandbox.exchange.place(account, Ticket(symbol, "buy", "limit", "gtc", Decimal("0.01"), Decimal(1)))


def met(name: str, do: Callable[[Stage], None], *verified: str, orders: int = 2) -> Violation:
    """What is met on this fault, where each account has so many orders."""
    sandbox = faults.load()[name].sandbox(seed=1)
    for account in ("alice", "bob") * orders:
        place(sandbox, account)
    with stage_on(sandbox, Observations(verified)) as stage, pytest.raises(Violation) as violation:
        do(stage)
    return violation.value


@pytest.mark.parametrize(
    ("name", "component", "credential"),
    [
        ("kept-for-whoever-has-no-credentials", "credentials", "jwt"),
        ("kept-by-the-tokens-subject", "token signature", "jwt"),
        ("key-is-no-credential-to-the-cache", "API key", "api-key"),
        ("kept-by-the-api-key", "signature", "api-key"),
    ],
)
def test_the_good_list_stands_beside_the_one_that_was_given_away(name: str, component: str, credential: str) -> None:
    violation = met(name, lambda stage: list_forged_after_good(stage, COMPONENTS[component]))
    assert violation.breach.requirement == faults.load()[name].breaks
    good, given = violation.evidence
    assert (good.forged, good.status, given.status) == (None, 200, 200)
    assert given.forged is not None
    assert given.response_body == good.response_body
    assert f"byte for byte what alice was shown with the {credential} " in violation.breach.got


def test_a_list_that_was_answered_anew_is_not_said_to_be_kept() -> None:
    class Open(Gatekeeper):
        """Takes everybody for alice."""

        def account(self, *_: object) -> str:
            return "alice"

    class Unguarded(Sandbox):
        gatekeeper_class = Open

    sandbox = Unguarded()
    place(sandbox, "alice")
    with stage_on(sandbox) as stage:
        stage.caller.list()
        place(sandbox, "alice")
        with pytest.raises(Violation) as violation:
            list_forged(stage, BARE, "")
    assert "byte for byte" not in violation.value.breach.got
    assert len(violation.value.evidence) == 1


def test_what_one_account_was_shown_stands_beside_what_the_other_was() -> None:
    violation = met("plain-list-is-shared", lambda stage: caches.expect_own(stage, [Query()], "jwt"), "list.own-only")
    first, second = violation.evidence
    assert (first.account, second.account) == ("alice", "bob")
    assert first.url == second.url
    assert first.response_body == second.response_body


def test_the_refusal_stands_beside_the_list_that_was_refused() -> None:
    violation = met("refusals-are-kept", good_after_refused)
    assert violation.breach.requirement == "auth.jwt"
    refused, good = violation.evidence
    assert (refused.forged, good.forged) == ("no credentials", None)
    assert refused.url == good.url
    assert (refused.status, good.status) == (401, 401)


def test_what_was_kept_over_a_cancel_all_stands_beside_what_it_was_before() -> None:
    def asked_before_and_after(stage: Stage) -> None:
        stage.arrange([Wish(stage.markets[0], "buy")])
        earlier = stage.caller.list(Query(status="open", limit=200), "api-key")
        expect_listed(stage, cancel_all(stage, watched=False), earlier)

    violation = met("signed-lists-outlive-a-cancel-all", asked_before_and_after, orders=0)
    assert violation.breach.requirement == "cancel.visible"
    assert violation.breach.got.endswith(", and all of it byte for byte as before the cancel-all")
    before, canceled, after = violation.evidence
    assert [each.method for each in (before, canceled, after)] == ["GET", "DELETE", "GET"]
    assert before.response_body == after.response_body


def test_a_good_list_is_asked_for_again_once_a_cache_would_have_forgotten_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with stage_on(Sandbox()) as stage:
        [first] = caches.good_before(stage, [(Query(), "api-key")])
        assert caches.good_before(stage, [(Query(), "api-key")]) == [first]
        monkeypatch.setattr(caches, "_KEPT_S", 0)
        [later] = caches.good_before(stage, [(Query(), "api-key")])
        assert first is not None
        assert later is not None
        assert later.at > first.at
