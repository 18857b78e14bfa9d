"""Requests with forged credentials: what the evidence may show of them."""

from dataclasses import replace

import pytest

from conformance.sandbox import Sandbox
from conformance.scenarios.attempts import list_forged
from conformance.wire.forgery import FORGERIES, Forgery, Request
from conformance.wire.redaction import Redactor
from conformance.wire.signer import Signer
from tests.sandboxes import stage_on


@pytest.mark.parametrize("forgery", FORGERIES, ids=repr)
def test_what_is_made_from_a_secret_is_hidden_and_what_is_made_up_is_shown(forgery: Forgery) -> None:
    sent: list[str] = []

    def noted(signer: Signer, query: str) -> Request:
        query, headers = forgery.make(signer, query)
        sent.extend(value.rpartition(" ")[2] for value in headers.values())
        return query, headers

    redactor = Redactor()
    with stage_on(Sandbox(), alone=True, redactor=redactor) as stage:
        list_forged(stage, stage.caller, replace(forgery, make=noted), "limit=1")

    for credential in sent:
        assert (redactor.redact(credential) == credential) == (forgery.needs is None)
    assert redactor.redact("User-Agent: p99-conformance") == "User-Agent: p99-conformance"
