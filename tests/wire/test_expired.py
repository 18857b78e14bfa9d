"""Tokens that expire while requests are under way."""

from dataclasses import replace

import pytest

from conformance.evidence import Exchange
from conformance.profile import AccountProfile
from conformance.profile.secrets import CredentialError, Secret
from conformance.verdict import Inconclusive
from conformance.wire.call import Call
from conformance.wire.client import Answer
from conformance.wire.expired import sent_with_a_good_token
from conformance.wire.signer import Signer, bearer, key

EXCHANGE = Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", 0.0, 1.0)
CALL = Call("alice", "GET", "http://127.0.0.1/", headers=bearer("old"))


class Target:
    """Takes one token, and any key."""

    def __init__(self) -> None:
        self.sent: list[Call] = []

    def send(self, call: Call) -> Answer:
        self.sent.append(call)
        good = call.headers in (bearer("new"), key("k"))
        return Answer(200 if good else 401, {}, b"[]", EXCHANGE)


def signer(*tokens: str) -> Signer:
    """Of an account whose token was `old`, and whose source gives these, one after the other."""
    source = iter(tokens)
    return Signer(AccountProfile("alice", jwt=Secret("old", lambda: next(source))))


def test_a_token_that_has_expired_is_replaced() -> None:
    target, alice = Target(), signer("new")
    assert [sent_with_a_good_token(CALL, alice, target.send).status for _ in range(2)] == [200, 200]
    assert [call.headers for call in target.sent] == [bearer("old"), bearer("new")] * 2, "the source gave it once"


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, forged="a token that is cut short"),
        replace(CALL, headers=bearer("nobody's")),
        replace(CALL, headers=key("unknown")),
        replace(CALL, headers={}),
    ],
    ids=["forged", "another token", "a key", "nothing"],
)
def test_nothing_else_is_replaced(call: Call) -> None:
    target = Target()
    assert sent_with_a_good_token(call, signer("new"), target.send).status == 401
    assert target.sent == [call]


def test_a_source_that_fails_leaves_it_open() -> None:
    def fails() -> str:
        raise CredentialError("the command failed")

    alice = Signer(AccountProfile("alice", jwt=Secret("old", fails)))
    with pytest.raises(Inconclusive, match="alice: no new token: the command failed"):
        sent_with_a_good_token(CALL, alice, Target().send)
