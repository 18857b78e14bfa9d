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
from conformance.wire.alterations import BASE64, HEX, cut_short, first_changed, last_changed, middle_changed
from conformance.wire.forged_keys import Request
from conformance.wire.forgery import COMPONENTS, FORGERIES, Forgery, named
from conformance.wire.signer import Signer, sign
from conformance.wire.tokens import NotApplicable

GATEKEEPER = Gatekeeper(["alice", "bob"], seed=7)
KEYS = GATEKEEPER.keys["alice"]
SECRETS = {"jwt": Secret(KEYS.jwt), "api_key": Secret(KEYS.api_key), "api_secret": Secret(KEYS.api_secret)}
ALICE = Signer(AccountProfile(name="alice", **SECRETS))
_BOBS = GATEKEEPER.keys["bob"]
BOB = Signer(
    AccountProfile("bob", jwt=Secret(_BOBS.jwt), api_key=Secret(_BOBS.api_key), api_secret=Secret(_BOBS.api_secret))
)

QUERIES = ("", "symbol=DFUSDT&limit=2")
OTHER_QUERY, _ = ALICE.authorize("limit=3", "api-key")
ADDED = (
    forgery.added_in_front("symbol=BTCUSDT"),
    forgery.added_behind_the_timestamp("symbol=BTCUSDT"),
    forgery.replayed(OTHER_QUERY),
)
OF_TOKENS = [each for each in FORGERIES if each.requirement == "auth.jwt-forged"]
OF_ONE_TOKEN = [each for each in OF_TOKENS if not each.of_another and each.alteration != "header repeated"]

# What the gatekeeper may find wrong: a forgery that it refuses for anything else does not say what it claims to.
REASONS = {
    "auth.required": {"UNAUTHORIZED", "BAD_TOKEN", "UNKNOWN_KEY", "BAD_SIGNATURE"},
    "auth.jwt-forged": {"BAD_TOKEN"},
    "auth.signature": {"SIGNATURE_MISSING", "BAD_SIGNATURE"},
    "auth.timestamp": {"STALE_TIMESTAMP", "BAD_TIMESTAMP", "SIGNATURE_MISSING"},
}

each_query = pytest.mark.parametrize("query", QUERIES)
each_forgery = pytest.mark.parametrize("forged", [*FORGERIES, *ADDED], ids=repr)


def verify(query: str, headers: dict[str, str]) -> str:
    """Whose request it is. Of two headers of one name that the gatekeeper is given it sees the last."""
    return GATEKEEPER.account({name.lower(): value for name, value in headers.items()}, query)


def made(forged: Forgery, query: str = "", caller: Signer = ALICE) -> Request:
    return forged.make(caller, query, BOB)


def test_the_table_has_cells_for_each_requirement_and_none_twice() -> None:
    assert {each.requirement for each in FORGERIES} == REASONS.keys()
    assert len({each.says for each in FORGERIES}) == len(FORGERIES)
    assert len({(each.component, each.alteration) for each in FORGERIES}) == len(FORGERIES)
    assert [each for cells in COMPONENTS.values() for each in cells] == list(FORGERIES)


def test_the_cells_of_a_component_are_judged_alike() -> None:
    for cells in COMPONENTS.values():
        assert len({(each.requirement, each.needs) for each in cells}) == 1


@each_query
@pytest.mark.parametrize("kind", ALICE.kinds)
def test_a_good_request_is_let_in(kind: Any, query: str) -> None:
    assert verify(*ALICE.authorize(query, kind)) == "alice"


@each_query
@each_forgery
def test_a_forgery_is_no_good_request_and_is_refused(forged: Forgery, query: str, monkeypatch: Any) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    request = made(forged, query)
    assert request not in [ALICE.authorize(query, kind) for kind in ALICE.kinds]
    assert set(parse_qsl(query)) <= set(parse_qsl(request[0])), "it asks for what was to be asked"
    with pytest.raises(Denied) as denied:
        verify(*request)
    assert denied.value.error in REASONS[forged.requirement]


@pytest.mark.parametrize("forged", FORGERIES, ids=repr)
def test_a_forgery_is_made_from_what_it_needs_alone(forged: Forgery) -> None:
    given = {None: (), "jwt": ("jwt",), "api_key": ("api_key", "api_secret")}[forged.needs]
    account = Signer(AccountProfile(name="alice", **{kind: SECRETS[kind] for kind in given}))
    assert forged.lacks(account, BOB) is None
    _, headers = made(forged, caller=account)
    assert not any(KEYS.api_secret in value for value in headers.values())


@pytest.mark.parametrize("forged", FORGERIES, ids=repr)
def test_what_a_forgery_lacks(forged: Forgery) -> None:
    nobody = Signer(AccountProfile(name="nobody"))
    lack = forged.lacks(nobody, BOB)
    assert (lack is None) == (forged.needs is None)
    assert lack is None or "[accounts.caller]" in str(lack)
    for other in (None, nobody):
        lack = forged.lacks(ALICE, other)
        assert (lack is not None) == forged.of_another
        assert lack is None or "[accounts.other]" in str(lack)


@pytest.mark.parametrize("forged", FORGERIES, ids=repr)
def test_each_is_found_by_its_name(forged: Forgery) -> None:
    assert named(forged.says) is forged


@pytest.mark.parametrize("forged", [*ADDED, forgery.behind_the_signature("limit=1")], ids=repr)
def test_those_with_a_parameter_are_found_by_their_name_too(forged: Forgery) -> None:
    again = named(forged.says)
    assert (again.says, again.component) == (forged.says, forged.component)
    with pytest.raises(KeyError):
        named(f"{forged.says}, really")


SECRET = "a secret of sixty-four bytes, which is what HS512 wants, at least."
CLAIMS = {"sub": "alice", "exp": 4_102_444_800}


TOKENS = (ALICE.token, BOB.token)


def with_token(token: str) -> Signer:
    return Signer(AccountProfile(name="alice", jwt=Secret(token)))


def token_of(forged: Forgery, good: str) -> str:
    """What the forgery makes of a good token."""
    return made(forged, caller=with_token(good))[1]["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("forged", OF_ONE_TOKEN, ids=repr)
def test_an_altered_token_is_refused_whatever_its_algorithm(forged: Forgery, algorithm: str) -> None:
    good = jwt.encode(CLAIMS, SECRET, algorithm=algorithm)
    assert jwt.decode(good, SECRET, algorithms=[algorithm]) == CLAIMS
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(token_of(forged, good), SECRET, algorithms=["HS256", "HS384", "HS512"])


STILL_SAYS_WHOSE_IT_IS = (
    *(
        each
        for each in COMPONENTS["token header"]
        if each.alteration.startswith(("alg", "kid", "key", "empty", "well"))
    ),
    *(each for each in COMPONENTS["token payload"] if each.alteration == "claim added"),
    *(each for each in COMPONENTS["token signature"] if each.alteration in ("missing", "padded", "zeros")),
)


@pytest.mark.parametrize("forged", STILL_SAYS_WHOSE_IT_IS, ids=repr)
def test_an_altered_token_still_says_whose_it_is(forged: Forgery) -> None:
    token = token_of(forged, jwt.encode(CLAIMS, SECRET))
    unverified = jwt.decode(token, options={"verify_signature": False})
    assert {name: unverified[name] for name in CLAIMS} == CLAIMS


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE"])
def test_alg_none_is_what_a_careless_server_would_take(spelling: str) -> None:
    token = token_of(named(f"a token of alg {spelling}"), jwt.encode(CLAIMS, SECRET))
    assert jwt.get_unverified_header(token)["alg"] == spelling
    assert token.endswith(".")


@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("secret", ["secret", "your-256-bit-secret"])
def test_a_token_signed_with_a_well_known_secret_is_good_for_whoever_has_that_secret(secret: str) -> None:
    forged = named(f"a token signed by HS256 with the well-known secret '{secret}'")
    for algorithm in ("HS256", "HS512"):
        token = token_of(forged, jwt.encode(CLAIMS, SECRET, algorithm=algorithm))
        assert jwt.decode(token, secret, algorithms=["HS256"]) == CLAIMS


@pytest.mark.parametrize("part", ["payload", "signature"])
def test_a_part_of_another_accounts_token_stands_in_the_callers(part: str) -> None:
    mine, theirs = (dict(zip(("header", "payload", "signature"), each.split("."), strict=True)) for each in TOKENS)
    token = made(named(f"a token with the {part} of another account's token"))[1]["Authorization"]
    assert token == "Bearer " + ".".join((mine | {part: theirs[part]}).values())


def test_two_headers_of_one_name_carry_two_tokens_and_neither_is_good() -> None:
    [forged] = [each for each in OF_TOKENS if each.alteration == "header repeated"]
    _, headers = made(forged)
    assert [name.lower() for name in headers] == ["authorization"] * 2
    tokens = [value.removeprefix("Bearer ") for value in headers.values()]
    assert len({*tokens, ALICE.token}) == 3
    for token in tokens:
        with pytest.raises(Denied):
            GATEKEEPER.claims(token)


@pytest.mark.parametrize(
    "token", ["opaque", "a.b.c", "e30.e30", "e30.e30.", "e30.W10.c2ln", "bnVsbA.e30.c2ln", "e30.a.b.c.d", "ä.ö.ü"]
)
@pytest.mark.parametrize("forged", OF_TOKENS, ids=repr)
def test_an_opaque_token_cannot_be_forged(forged: Forgery, token: str) -> None:
    lack = forged.lacks(with_token(token), BOB)
    assert lack
    assert lack.opaque
    with pytest.raises(NotApplicable, match="opaque"):
        made(forged, caller=with_token(token))


def test_a_day_old_request_is_well_signed() -> None:
    query, headers = made(named("a signed timestamp of a day ago"), "limit=2")
    signed, _, signature = query.rpartition("&signature=")
    assert signature == sign(KEYS.api_secret, signed)
    age_ms = time.time() * 1000 - int(dict(parse_qsl(signed))["timestamp"])
    assert 0 <= age_ms - 86_400_000 < 60_000
    assert headers == {"X-MBX-APIKEY": KEYS.api_key}


@pytest.mark.parametrize(("says", "place"), [("first", 0), ("middle", 32), ("last", 63)])
def test_a_single_digit_of_the_signature_is_changed_whatever_it_is(says: str, place: int) -> None:
    for number in range(100):  # so that each of the sixteen digits stands there
        query, _ = made(named(f"a signature whose {says} digit is changed"), f"limit={number}")
        signed, _, signature = query.rpartition("&signature=")
        good = sign(KEYS.api_secret, signed)
        assert [at for at in range(64) if signature[at] != good[at]] == [place]
        assert set(signature) <= set(HEX)


@pytest.mark.parametrize("last", BASE64)
def test_another_last_character_of_a_part_in_base64_does_not_decode_alike(last: str) -> None:
    changed = last_changed(f"AB{last}")
    assert changed[:2] == "AB"
    assert BASE64.index(changed[2]) ^ BASE64.index(last) == 0b100000  # its highest bit, which always counts


@pytest.mark.parametrize("alter", [first_changed, middle_changed, last_changed])
def test_one_character_is_changed_and_not_its_case_alone(alter: Any) -> None:
    for character in (*BASE64, *"/+=._~"):
        changed = alter(character * 7)
        [other] = set(changed) - {character}
        assert changed.count(other) == 1
        assert other.lower() != character.lower()


def test_half_is_cut_off() -> None:
    assert (cut_short("abcd"), cut_short("abc"), cut_short("a")) == ("ab", "a", "")


@each_query
def test_a_parameter_may_be_appended_to_a_good_request(query: str) -> None:
    request, headers = made(forgery.behind_the_signature("limit=1"), query)
    good, _, appended = request.rpartition("&")
    assert appended == "limit=1"
    assert verify(good, headers) == "alice"
    with pytest.raises(Denied, match="BAD_SIGNATURE"):
        verify(request, headers)


@pytest.mark.parametrize("api_key", ["a" * 32, "A" * 32, "B" * 32, "x", "0123"])
@pytest.mark.parametrize("forged", COMPONENTS["API key"], ids=repr)
def test_an_unknown_key_is_unknown_in_any_case_of_its_letters(forged: Forgery, api_key: str) -> None:
    account = Signer(AccountProfile(name="alice", api_key=Secret(api_key), api_secret=Secret("s")))
    _, headers = made(forged, caller=account)
    assert api_key.lower() not in [value.lower() for value in headers.values()]
