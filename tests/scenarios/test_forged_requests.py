"""Requests with forged credentials: what the evidence may show of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance.observations import Observations
from conformance.operations import LIST
from conformance.sandbox import Sandbox
from conformance.scenarios.forged_requests import COVERED, list_forged
from conformance.stage.stage import Stage
from conformance.wire.forged_keys import Request
from conformance.wire.forgery import FORGERIES, Forgery, cell
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

    def noted(caller: Signer, query: str, other: Signer | None) -> Request:
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
