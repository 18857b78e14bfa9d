"""Forged credentials: each is another request than a good one, and one that whoever verifies refuses."""

import time
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest

from conformance.profile import AccountProfile
from conformance.profile.secrets import Secret
from conformance.sandbox.credentials import Denied, Gatekeeper
from conformance.wire import forgery
from conformance.wire.forgery import A_DAY_OLD, FORGERIES, Forgery
from conformance.wire.signer import Signer, sign
from conformance.wire.tokens import NotApplicable

GATEKEEPER = Gatekeeper(["alice"], seed=7)
KEYS = GATEKEEPER.keys["alice"]
SECRETS = {"jwt": Secret(KEYS.jwt), "api_key": Secret(KEYS.api_key), "api_secret": Secret(KEYS.api_secret)}
ALICE = Signer(AccountProfile(name="alice", **SECRETS))

QUERIES = ("", "symbol=DFUSDT&limit=2")
OTHER_QUERY, _ = ALICE.authorize("limit=3", "api-key")
ADDED = (
    forgery.added_in_front("symbol=BTCUSDT"),
    forgery.added_behind_the_timestamp("symbol=BTCUSDT"),
    forgery.replayed(OTHER_QUERY),
)
OF_TOKENS = [each for each in FORGERIES if each.requirement == "auth.jwt-forged"]

# What the gatekeeper may find wrong: a forgery that it refuses for anything else does not say what it claims to.
REASONS = {
    "auth.required": {"UNAUTHORIZED", "BAD_TOKEN", "UNKNOWN_KEY"},
    "auth.jwt-forged": {"BAD_TOKEN"},
    "auth.signature": {"SIGNATURE_MISSING", "BAD_SIGNATURE"},
    "auth.timestamp": {"STALE_TIMESTAMP"},
}

each_query = pytest.mark.parametrize("query", QUERIES)
each_forgery = pytest.mark.parametrize("forged", [*FORGERIES, *ADDED, A_DAY_OLD], ids=repr)


def verify(query: str, headers: dict[str, str]) -> str:
    return GATEKEEPER.account({name.lower(): value for name, value in headers.items()}, query)


def test_there_is_a_forgery_for_each_requirement() -> None:
    assert {each.requirement for each in (*FORGERIES, A_DAY_OLD)} >= REASONS.keys()
    assert len({each.says for each in FORGERIES}) == len(FORGERIES)


@each_query
@pytest.mark.parametrize("kind", ALICE.kinds)
def test_a_good_request_is_let_in(kind: Any, query: str) -> None:
    assert verify(*ALICE.authorize(query, kind)) == "alice"


@each_query
@each_forgery
def test_a_forgery_is_no_good_request_and_is_refused(forged: Forgery, query: str, monkeypatch: Any) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    made = forged.make(ALICE, query)
    assert made not in [ALICE.authorize(query, kind) for kind in ALICE.kinds]
    assert set(parse_qsl(query)) <= set(parse_qsl(made[0])), "it asks for what was to be asked"
    with pytest.raises(Denied) as denied:
        verify(*made)
    reasons = REASONS.get(forged.requirement)
    assert reasons is None or denied.value.error in reasons


@each_forgery
def test_a_forgery_is_made_from_what_it_needs_alone(forged: Forgery) -> None:
    given = {None: (), "jwt": ("jwt",), "api_key": ("api_key", "api_secret")}[forged.needs]
    account = AccountProfile(name="alice", **{kind: SECRETS[kind] for kind in given})
    _, headers = forged.make(Signer(account), "")
    assert not any(KEYS.api_secret in value for value in headers.values())


SECRET = "a secret of sixty-four bytes, which is what HS512 wants, at least."
CLAIMS = {"sub": "alice", "exp": 4_102_444_800}


def with_token(token: str) -> Signer:
    return Signer(AccountProfile(name="alice", jwt=Secret(token)))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("forged", OF_TOKENS, ids=repr)
def test_an_altered_token_is_refused_though_it_still_says_whose_it_is(forged: Forgery, algorithm: str) -> None:
    good = jwt.encode(CLAIMS, SECRET, algorithm=algorithm)
    _, headers = forged.make(with_token(good), "")
    token = headers["Authorization"].removeprefix("Bearer ")
    assert jwt.decode(good, SECRET, algorithms=[algorithm]) == CLAIMS
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(token, SECRET, algorithms=[algorithm])
    unverified = jwt.decode(token, options={"verify_signature": False})
    assert {name: unverified[name] for name in CLAIMS} == CLAIMS


def test_alg_none_is_what_a_careless_server_would_take() -> None:
    [forged] = [each for each in OF_TOKENS if "none" in each.says]
    _, headers = forged.make(with_token(jwt.encode(CLAIMS, SECRET)), "")
    assert jwt.get_unverified_header(headers["Authorization"].removeprefix("Bearer "))["alg"] == "none"


@pytest.mark.parametrize(
    "token", ["opaque", "a.b.c", "e30.e30", "e30.e30.", "e30.W10.c2ln", "bnVsbA.e30.c2ln", "e30.a.b.c.d", "ä.ö.ü"]
)
@pytest.mark.parametrize("forged", OF_TOKENS, ids=repr)
def test_an_opaque_token_cannot_be_forged(forged: Forgery, token: str) -> None:
    with pytest.raises(NotApplicable, match="opaque"):
        forged.make(with_token(token), "")


def test_a_day_old_request_is_well_signed() -> None:
    query, headers = A_DAY_OLD.make(ALICE, "limit=2")
    signed, _, signature = query.rpartition("&signature=")
    assert signature == sign(KEYS.api_secret, signed)
    age_ms = time.time() * 1000 - int(dict(parse_qsl(signed))["timestamp"])
    assert 0 <= age_ms - 86_400_000 < 60_000
    assert headers == {"X-MBX-APIKEY": KEYS.api_key}


@pytest.mark.parametrize(("says", "place"), [("first", 0), ("last", 63)])
def test_a_single_digit_of_the_signature_is_changed_whatever_it_is(says: str, place: int) -> None:
    [forged] = [each for each in FORGERIES if f"{says} digit" in each.says]
    for number in range(100):  # so that each of the sixteen digits stands there
        made, _ = forged.make(ALICE, f"limit={number}")
        signed, _, signature = made.rpartition("&signature=")
        good = sign(KEYS.api_secret, signed)
        assert [at for at in range(64) if signature[at] != good[at]] == [place]


@each_query
def test_a_parameter_may_be_appended_to_a_good_request(query: str) -> None:
    made, headers = forgery.behind_the_signature("limit=1").make(ALICE, query)
    good, _, appended = made.rpartition("&")
    assert appended == "limit=1"
    assert verify(good, headers) == "alice"
    with pytest.raises(Denied, match="BAD_SIGNATURE"):
        verify(made, headers)


@pytest.mark.parametrize("api_key", ["a" * 32, "A" * 32, "B" * 32, "x", "0123"])
def test_an_unknown_key_is_unknown_in_any_case_of_its_letters(api_key: str) -> None:
    account = AccountProfile(name="alice", api_key=Secret(api_key), api_secret=Secret("s"))
    [forged] = [each for each in FORGERIES if each.says == "an unknown API key"]
    _, headers = forged.make(Signer(account), "")
    assert headers["X-MBX-APIKEY"].lower() != api_key.lower()
