"""Credentials of two users that a profile mixes up are noticed before anything is done; nobody else is stopped."""

import re
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
import tomli_w

from conformance import faults
from conformance.faults.twins_credentials import AccountsOfOneUser
from conformance.sandbox import Gatekeeper, Sandbox
from conformance.sandbox.credentials import Denied, Keys
from conformance.sandbox.records import from_record
from tests.orders import record
from tests.runs import run, start
from tests.sandboxes import profile_in

Accounts = dict[str, dict[str, Any]]
KEYS = ("api_key", "api_secret")
QUICK = ("-k", "start_is_inclusive")


class _Opaque(Gatekeeper):
    """Issues tokens that say nothing of whose they are."""

    def token_for(self, account: str) -> str:
        return self._random(f"{account} token")

    def account_of_token(self, authorization: str) -> str:
        token = authorization.partition(" ")[2]
        owner = next((name for name, keys in self.keys.items() if keys.jwt == token), None)
        if owner is None:
            raise Denied(401, "BAD_TOKEN")
        return owner


class _OpaqueKeysMixedUp(_Opaque):
    """Leads each key to the next user's account."""

    def account_of_signature(self, api_key: str, query: str) -> str:
        names = list(self.keys)
        return names[names.index(super().account_of_signature(api_key, query)) - 1]


class _ByNumber(Gatekeeper):
    """Names users in tokens by a number, as no profile does."""

    def token_for(self, account: str) -> str:
        return jwt.encode({"sub": account.encode().hex(), "exp": 2**32}, self.secret, algorithm="HS256")

    def claims(self, token: str) -> dict[str, Any]:
        claims = super().claims(token)
        return claims | {"sub": bytes.fromhex(claims["sub"]).decode()}


class _OneUser(_ByNumber):
    """Two tokens of one user."""

    def _issue(self, account: str) -> Keys:
        keys = super()._issue(account)
        return Keys(
            account, jwt.encode({"sub": b"alice".hex(), "for": account, "exp": 2**32}, self.secret), *keys_of(keys)
        )


def keys_of(keys: Keys) -> tuple[str, str]:
    return keys.api_key, keys.api_secret


def sandbox_with(gatekeeper: type[Gatekeeper], *owners: str) -> Sandbox:
    """A sandbox in which each of the owners has orders."""

    class Made(Sandbox):
        gatekeeper_class = gatekeeper

    sandbox = Made(1)
    for owner in owners:
        for number in range(3):
            sandbox.exchange.inject(from_record(owner, record(f"{owner}-{number}", status="canceled")))
    return sandbox


def exchange(*kinds: str) -> Callable[[Accounts], None]:
    """Exchange these credentials of the two accounts."""

    def change(accounts: Accounts) -> None:
        caller, other = accounts["caller"], accounts["other"]
        for kind in kinds:
            caller[kind], other[kind] = other[kind], caller[kind]

    return change


def without(*left_out: tuple[str, str]) -> Callable[[Accounts], None]:
    def change(accounts: Accounts) -> None:
        for account, kind in left_out:
            del accounts[account][kind]

    return change


def exchange_tokens_alone(accounts: Accounts) -> None:
    """Exchange the tokens, where there are no keys."""
    exchange("jwt")(accounts)
    without(*((account, kind) for account in ("caller", "other") for kind in KEYS))(accounts)


def edit(profile: Path, change: Callable[[Accounts], None]) -> None:
    document: Mapping[str, Any] = tomllib.loads(profile.read_text(encoding="utf-8"))
    change(document["accounts"])
    profile.write_text(tomli_w.dumps(document), encoding="utf-8")


REFUSED: dict[str, tuple[Sandbox, Callable[[Accounts], None], str]] = {
    "tokens that name their users": (
        sandbox_with(Gatekeeper),
        exchange("jwt"),
        "the token of accounts.caller is of 'bob', by its sub, and accounts.other is called so",
    ),
    "the only credentials, which name their users": (
        sandbox_with(Gatekeeper),
        exchange_tokens_alone,
        "exchange the two tokens, or the two names",
    ),
    "two tokens of one user": (sandbox_with(_OneUser), lambda _: None, "are of one user: they have the same sub"),
    "opaque tokens": (
        sandbox_with(_Opaque, "alice", "bob"),
        exchange("jwt"),
        "the token of alice is shown the orders of the key of bob, and the key of alice those of the token of bob",
    ),
    "opaque tokens, one account empty": (
        sandbox_with(_Opaque, "bob"),
        exchange("jwt"),
        "the token of alice is shown the orders of the key of bob",
    ),
    "tokens that name users otherwise than the profile": (
        sandbox_with(_ByNumber, "alice", "bob"),
        exchange("jwt"),
        "the token of alice is shown the orders of the key of bob",
    ),
    "keys": (sandbox_with(Gatekeeper, "alice", "bob"), exchange(*KEYS), "auth.same-account"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_credentials_that_are_exchanged_stop_doctor_and_run_before_anything_is_done(what: str, tmp_path: Path) -> None:
    sandbox, change, says = REFUSED[what]
    before = {account: dict(orders) for account, orders in sandbox.exchange.orders.items()}
    with profile_in(tmp_path, sandbox) as profile:
        edit(profile, change)
        done = run(tmp_path, "--target", profile)
        examined = start(tmp_path, "doctor", "--target", profile).end()
    assert (done.code, examined.code) == (2, 2), done.printed + examined.printed
    assert says in " ".join(done.printed.split())
    assert says in " ".join(examined.printed.split())
    assert done.results["requests"]["total"] <= 4
    assert {account: orders for account, orders in sandbox.exchange.orders.items() if orders} == before
    assert not list((tmp_path / "state").rglob("*.jsonl"))


JUDGED: dict[str, tuple[Sandbox, Callable[[Accounts], None]]] = {
    "nothing in either account": (sandbox_with(_Opaque), lambda _: None),
    "orders in both": (sandbox_with(_Opaque, "alice", "bob"), lambda _: None),
    "orders in one": (sandbox_with(_Opaque, "bob"), lambda _: None),
    "a token and a key": (
        sandbox_with(_Opaque, "alice", "bob"),
        without(("caller", "api_key"), ("caller", "api_secret"), ("other", "jwt")),
    ),
    "one credential of the other": (sandbox_with(_ByNumber, "alice", "bob"), without(("other", "jwt"))),
    "names that tokens do not know": (sandbox_with(_ByNumber, "alice", "bob"), lambda _: None),
    "accounts of one user": (sandbox_with(AccountsOfOneUser, "alice", "bob"), lambda _: None),
}


@pytest.mark.parametrize("what", JUDGED)
def test_nobody_is_stopped_whose_credentials_are_in_their_place(what: str, tmp_path: Path) -> None:
    sandbox, change = JUDGED[what]
    with profile_in(tmp_path, sandbox) as profile:
        edit(profile, change)
        done = run(tmp_path, "--target", profile, *QUICK)
    assert done.code == 0, done.printed


@pytest.mark.parametrize("owners", [(), ("alice", "bob")])
@pytest.mark.parametrize("name", ["keys-have-their-own-account", "keys-are-mixed-up"])
def test_a_target_that_mixes_up_accounts_is_judged_or_named(name: str, owners: tuple[str, ...], tmp_path: Path) -> None:
    """With orders on both sides nothing tells keys that are led astray from keys that are exchanged: both are named."""
    sandbox = faults.load()[name].sandbox()
    for owner in owners:
        sandbox.exchange.inject(from_record(owner, record(f"{owner}-1", status="canceled")))
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", "test_access")
    if owners and name == "keys-are-mixed-up":
        assert done.code == 2, done.printed
        assert "the target mixes up the accounts, which auth.same-account forbids" in " ".join(done.printed.split())
    else:
        assert done.code == 1, done.printed
        assert "auth.same-account" in done.with_verdict("fail"), done.printed


def test_a_run_looks_at_three_lists_before_it_judges(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counting(_Opaque):
        def account(self, headers: Mapping[str, str], query: str) -> str:
            asked.append(re.sub("timestamp=.*", "…", query))
            return super().account(headers, query)

    with profile_in(tmp_path, sandbox_with(Counting)) as profile:
        done = run(tmp_path, "--target", profile, *QUICK)
    assert done.code == 0, done.printed
    assert sorted(asked[:3]) == ["limit=200", "limit=200", "limit=200&…"]


@pytest.mark.parametrize("ahead_s", [0, 3600])
def test_the_clock_is_told_by_orders_whatever_a_gateway_says_is_the_date(ahead_s: int, tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.exchange.inject(from_record("alice", record("one", created_at=int(time.time()) + ahead_s)))
    app = sandbox.face.app

    async def dated(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", b"Thu, 01 Jan 1998 00:00:00 GMT")]
            await send(message)

        await app(scope, receive, sent)

    sandbox.face.app = dated  # type: ignore[assignment]
    with profile_in(tmp_path, sandbox) as profile:
        printed = " ".join(start(tmp_path, "doctor", "--target", profile).end().stdout.split())
    assert bool(re.search(r"an order is of a time (3600|35\d\d) s ahead", printed)) == (ahead_s > 0)
    assert ("signed by the clock of this machine is accepted" in printed) == (ahead_s == 0)
