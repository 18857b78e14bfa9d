"""Requests with forged credentials: what the evidence may show of them."""

from dataclasses import replace

import pytest

from conformance.account.account import Account
from conformance.observations import Observations
from conformance.profile import loader
from conformance.sandbox import Sandbox
from conformance.scenarios.attempts import list_forged
from conformance.stage.driver import Driver
from conformance.stage.lane import Lane
from conformance.wire.client import Client
from conformance.wire.forgery import FORGERIES, Forgery, Request
from conformance.wire.redaction import Redactor
from conformance.wire.signer import Signer


@pytest.mark.parametrize("forgery", FORGERIES, ids=repr)
def test_what_is_made_from_a_secret_is_hidden_and_what_is_made_up_is_shown(forgery: Forgery) -> None:
    sent: list[str] = []

    def noted(signer: Signer, query: str) -> Request:
        query, headers = forgery.make(signer, query)
        sent.extend(value.rpartition(" ")[2] for value in headers.values())
        return query, headers

    sandbox = Sandbox()
    with sandbox.serve() as served:
        profile = loader.loads(served.profile_toml, "sandbox")
        redactor = Redactor(profile.secrets)
        client = Client(profile.target, redactor)
        caller = Account(profile.accounts["caller"], client)
        lane = Lane(caller, None, profile.target, profile.markets, Driver(profile.driver, client))
        lane.watch(Observations())
        list_forged(lane, caller, replace(forgery, make=noted), "limit=1")

    for credential in sent:
        assert (redactor.redact(credential) == credential) == (forgery.needs is None)
    assert redactor.redact("User-Agent: p99-conformance") == "User-Agent: p99-conformance"
