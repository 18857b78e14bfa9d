"""Whose a recorded request is."""

import jwt
import pytest

from conformance.recorded.who import Names

KEY = "k" * 32


def name_of(names: Names, **claims: str | int) -> str | None:
    token = jwt.encode(claims, KEY)
    return names.of({"authorization": f"Bearer {token}"}, "").name


def test_two_tokens_of_one_account_have_one_name() -> None:
    names = Names()
    first = name_of(names, sub="firm-7", account="a", exp=1)
    assert name_of(names, sub="firm-7", account="a", exp=2) == first


@pytest.mark.parametrize("claim", ["account", "account_id", "uid"])
def test_two_accounts_of_one_user_have_a_name_each(claim: str) -> None:
    names = Names()
    first = name_of(names, sub="firm-7", **{claim: "a"})
    assert name_of(names, sub="firm-7", **{claim: "b"}) != first
