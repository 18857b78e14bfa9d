"""Requests with forged credentials: what the evidence may show of them, and which of them a finding names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.observations import Observations
from conformance.operations import CANCEL_ALL, LIST
from conformance.sandbox import Face, Gatekeeper, Sandbox
from conformance.sandbox.credentials import Denied
from conformance.sandbox.exchange import Ticket
from conformance.sandbox.face import Handler
from conformance.scenarios.forged_requests import COVERED, cancel_forged, list_forged
from conformance.stage.stage import Stage
from conformance.verdict import NotObserved, Violation
from conformance.wire import forged_keys
from conformance.wire.client import ATTEMPTS
from conformance.wire.forgery import COMPONENTS, FORGERIES, Forgery, cell
from conformance.wire.redaction import Redactor
from conformance.wire.signer import Signer
from tests.sandboxes import stage_on


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture(scope="module")
def stage(redactor: Redactor) -> Iterator[Stage]:
    with stage_on(Sandbox(), redactor=redactor) as stage:
        yield stage


@pytest.mark.parametrize("forgery", FORGERIES, ids=repr)
def test_what_is_made_from_a_secret_is_hidden_and_what_is_made_up_is_shown(
    forgery: Forgery, stage: Stage, redactor: Redactor
) -> None:
    sent: list[str] = []

    def noted(caller: Signer, query: str, other: Signer | None) -> forged_keys.Request:
        query, headers = forgery.make(caller, query, other)
        sent.extend(filter(None, (value.rpartition(" ")[2] for value in headers.values())))
        return query, headers

    observations = Observations()
    stage.lane.watch(observations)
    list_forged(stage, [replace(forgery, make=noted)], "limit=1")

    for credential in sent:
        assert (redactor.redact(credential) == credential) == (forgery.needs is None)
    assert redactor.redact("User-Agent: p99-conformance") == "User-Agent: p99-conformance"
    assert observations.covered == {COVERED: {cell(forgery, LIST)}}
    assert observations.saw[forgery.requirement] == 1


# -- what is found -----------------------------------------------------------------------------------------------------

CELLS = COMPONENTS["token signature"]


class _ActsOn(Face):
    """Refuses each token that is no good, and cancels all the same for the one with this `ending`."""

    ending = ""

    def account_of(self, request: Request) -> str:
        try:
            return super().account_of(request)
        except Denied:
            if request.method == "DELETE" and request.headers.get("authorization", "").endswith(self.ending):
                self.exchange.cancel_all("alice", None)
            raise


class ActsOnZeros(_ActsOn):
    """That of zeros."""

    ending = "AAAAAAAAA"


class TakesZeros(Gatekeeper):
    """Takes a token with a signature of zeros, or with one that is not base64, for good."""

    def claims(self, token: str) -> dict[str, Any]:
        return {"sub": "alice"} if token.endswith(("AAAAAAAAA", "*")) else super().claims(token)


class Acting(Sandbox):
    face_class = ActsOnZeros


class Taking(Sandbox):
    gatekeeper_class = TakesZeros


def met(sandbox: Sandbox, forge: Callable[[Stage], None]) -> Violation:
    observations = Observations(["auth.jwt-forged"])
    with stage_on(sandbox, observations) as stage, pytest.raises(Violation) as met:
        forge(stage)
    assert met.value.breach.requirement == "auth.jwt-forged"
    return met.value


def test_of_several_cancel_alls_the_one_is_named_that_does_harm_though_it_is_refused() -> None:
    violation = met(Acting(), lambda stage: cancel_forged(stage, CELLS))
    assert "a token with a signature of zeros" in violation.breach.want
    assert "canceled" in violation.breach.got
    assert [each.method for each in violation.evidence] == ["GET", "DELETE", "GET"]
    assert violation.evidence[1].forged == "a token with a signature of zeros"


def test_a_cancel_all_that_is_accepted_is_named_with_what_it_did() -> None:
    violation = met(Taking(), lambda stage: cancel_forged(stage, CELLS))
    assert violation.breach.want.startswith("a 4xx to a request with a token with a signature of zeros, and ")
    assert [each.forged for each in violation.evidence] == [None, "a token with a signature of zeros", None]
    assert violation.evidence[1].status == 200


def test_a_list_that_is_accepted_is_shown_and_others_are_named() -> None:
    violation = met(Taking(), lambda stage: list_forged(stage, CELLS, ""))
    assert "a token with a signature of zeros" in violation.breach.want
    assert violation.breach.got.endswith("; the same with a token whose signature is not base64")
    assert [each.forged for each in violation.evidence] == ["a token with a signature of zeros"]


def test_nothing_is_made_with_another_account_where_that_would_harm_somebody() -> None:
    observations = Observations()
    sandbox = Sandbox()
    [symbol, *_] = sandbox.exchange.markets
    sandbox.exchange.place("bob", Ticket(symbol, "buy", "limit", "gtc", Decimal("0.01"), Decimal(1)))
    with stage_on(sandbox, observations) as stage:
        cancel_forged(stage, CELLS)
        list_forged(stage, CELLS, "")
    [others] = [each for each in CELLS if each.of_another]
    assert observations.covered[COVERED] == {
        cell(each, operation)
        for each in CELLS
        for operation in (LIST, CANCEL_ALL)
        if (each, operation) != (others, CANCEL_ALL)
    }


@pytest.mark.parametrize(
    ("passed", "doubted"), [(1, False), (0, True)], ids=["to those who guess alone", "to everybody"]
)
def test_an_answer_that_speaks_of_load_leaves_a_doubt_where_good_requests_earn_it_too(
    passed: int, doubted: bool
) -> None:
    class Overrun(Face):
        """Answers 429 to whoever is refused, and perhaps to everybody then."""

        refused = False

        async def respond(self, request: Request, handle: Handler) -> Response:
            overrun = self.refused and not passed
            return self.error(429, "TOO_MANY_REQUESTS") if overrun else await super().respond(request, handle)

        def account_of(self, request: Request) -> str:
            try:
                return super().account_of(request)
            except Denied:
                self.refused = True
                raise Denied(429, "TOO_MANY_REQUESTS") from None

    class Overrunning(Sandbox):
        face_class = Overrun

    observations = Observations(["auth.jwt-forged"])
    with stage_on(Overrunning(), observations) as stage:
        list_forged(stage, CELLS[:1], "")
    assert ("429" in observations.doubts.get("auth.jwt-forged", "")) == doubted
    assert observations.saw["auth.jwt-forged"] == passed


def test_a_gateway_that_was_away_for_all_attempts_is_asked_again() -> None:
    class Behind(Face):
        """The gateway before it has no server for the first request that is no good, however often it is tried."""

        tries = 0

        async def respond(self, request: Request, handle: Handler) -> Response:
            answer = await super().respond(request, handle)
            if answer.status_code == 401 and self.tries < ATTEMPTS:
                self.tries += 1
                return Response("<h1>503 Service Temporarily Unavailable</h1>", 503, media_type="text/html")
            return answer

    class Returning(Sandbox):
        face_class = Behind

    observations = Observations(["auth.jwt-forged"])
    with stage_on(Returning(), observations) as stage:
        list_forged(stage, CELLS[:1], "")
    assert not observations.doubts
    assert observations.saw["auth.jwt-forged"] == 1


def test_what_cannot_be_made_is_not_observed() -> None:
    class Opaque(Gatekeeper):
        """Issues tokens that are no JWTs."""

        def token_for(self, account: str) -> str:
            return f"opaque-{account}"

        def claims(self, token: str) -> dict[str, Any]:
            return {"sub": token.removeprefix("opaque-")}

    class Issuing(Sandbox):
        gatekeeper_class = Opaque

    with stage_on(Issuing()) as stage, pytest.raises(NotObserved, match="opaque"):
        list_forged(stage, CELLS, "")


# -- those of several checks together ----------------------------------------------------------------------------------


class ActsOnTheSixtieth(Face):
    """Refuses each credential that is no good, and cancels all the same for the sixtieth."""

    refused = 0

    def account_of(self, request: Request) -> str:
        try:
            return super().account_of(request)
        except Denied:
            self.refused += request.method == "DELETE"
            if self.refused == 60:
                self.exchange.cancel_all("alice", None)
            raise


class ActingNowAndThen(Sandbox):
    face_class = ActsOnTheSixtieth


def found(sandbox: Sandbox) -> dict[str, Violation]:
    """What the checks of the parts find, one after the other."""
    violations: dict[str, Violation] = {}
    with stage_on(sandbox) as stage:
        stage.forged.coming += FORGERIES
        for part, cells in COMPONENTS.items():
            try:
                cancel_forged(stage, cells)
            except Violation as violation:
                violations[part] = violation
    return violations


@pytest.mark.parametrize("sandbox", [Acting, Taking])
def test_the_check_of_the_part_finds_what_is_wrong_with_it(sandbox: type[Sandbox]) -> None:
    [(part, violation)] = found(sandbox()).items()
    assert part == "token signature"
    assert "a token with a signature of zeros" in violation.breach.want
    assert violation.breach.requirement == "auth.jwt-forged"


def test_harm_that_none_of_the_parts_does_without_the_others_is_told_by_the_last() -> None:
    [(part, violation)] = found(ActingNowAndThen()).items()
    assert part == [*COMPONENTS][-1]
    assert violation.breach.want.endswith(f"after {len(FORGERIES)} cancel-alls with forged credentials")
    assert len(violation.evidence) == len(FORGERIES) + 2


def test_what_is_refused_and_does_no_harm_is_sent_once() -> None:
    observations = Observations()
    with stage_on(Sandbox(), observations) as stage:
        stage.forged.coming += FORGERIES
        for cells in COMPONENTS.values():
            before = stage.caller._client.counts.total
            cancel_forged(stage, cells)
            assert (stage.caller._client.counts.total > before) == (cells is next(iter(COMPONENTS.values())))
    assert observations.covered[COVERED] == {cell(each, CANCEL_ALL) for each in FORGERIES}
    assert sum(observations.saw[each] for each in {each.requirement for each in FORGERIES}) == len(FORGERIES)
