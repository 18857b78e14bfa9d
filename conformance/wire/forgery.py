"""Credentials that are not good, as a table: the parts of what makes a request the caller's, by what is done to them.

`forged_tokens` and `forged_keys` have the rows, and say what is left out.
"""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs

from conformance.operations import Operation
from conformance.wire import forged_keys, forged_tokens, tokens
from conformance.wire.forged_keys import Request, SignedRequest
from conformance.wire.forged_tokens import Tokens
from conformance.wire.signer import Credential, Signer, bearer, key, signed_query
from conformance.wire.tokens import Token

Make = Callable[[Signer, str, Signer | None], Request]
"""How a request is made: from the caller's credentials, the query that is asked, and another account's credentials."""


class Lack(NamedTuple):
    """A credential that is lacking, of the account `caller` or `other`. `opaque`: there is one, but it is no JWT."""

    account: str
    credential: Credential
    opaque: bool = False

    def __str__(self) -> str:
        if self.opaque:
            return f"a JWT for accounts.{self.account}: an opaque token has no parts to alter"
        keys = "jwt" if self.credential == "jwt" else "api_key and api_secret"
        return f"{keys} under [accounts.{self.account}]"


@dataclass(frozen=True, slots=True)
class Component:
    """A part of what makes a request the caller's. `needs`: the kind of credential that it is a part of, as a fact."""

    name: str
    requirement: str
    needs: Literal["jwt", "api_key"] | None = None

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Forgery:
    """One way to be somebody else: a cell of the table. `says`: what the request comes with; no two say the same.

    `of_another`: it is made with a credential of another account, too, of the same kind.
    """

    component: Component
    alteration: str
    says: str
    make: Make
    of_another: bool = False

    def __repr__(self) -> str:
        return self.says

    @property
    def requirement(self) -> str:
        """What a target breaks that takes it for good."""
        return self.component.requirement

    @property
    def needs(self) -> Literal["jwt", "api_key"] | None:
        """The kind of credential that it is made from, as a fact; None where it is made up."""
        return self.component.needs

    def lacks(self, caller: Signer, other: Signer | None) -> Lack | None:
        """What would have to be given for it to be made; None where nothing is lacking."""
        if self.needs is None:
            return None
        kind: Credential = "jwt" if self.needs == "jwt" else "api-key"
        for account, signer in {"caller": caller, **({"other": other} if self.of_another else {})}.items():
            if signer is None or kind not in signer.kinds:
                return Lack(account, kind)
            if kind == "jwt" and tokens.is_opaque(signer.token):
                return Lack(account, kind, opaque=True)
        return None


_CREDENTIALS = Component("credentials", "auth.required")
_HEADER = Component("token header", "auth.jwt-forged", "jwt")
_PAYLOAD = Component("token payload", "auth.jwt-forged", "jwt")
_TOKEN_SIGNATURE = Component("token signature", "auth.jwt-forged", "jwt")
_KEY = Component("API key", "auth.required", "api_key")
_SECRET = Component("secret", "auth.signature", "api_key")
_SIGNATURE = Component("signature", "auth.signature", "api_key")
_SIGNED_QUERY = Component("signed query", "auth.signature", "api_key")
_TIMESTAMP = Component("timestamp", "auth.timestamp", "api_key")

_NOBODY = "p99-conformance"
_TWO_PARTS = f"{tokens.encoded({'alg': 'HS256', 'typ': 'JWT'})}.{tokens.encoded({'sub': 'nobody'})}"
_BASIC = f"Basic {base64.b64encode(b'nobody:nothing').decode()}"

_MADE_UP: tuple[tuple[str, str, Callable[[str], Request]], ...] = (
    ("missing", "no credentials", lambda query: (query, {})),
    ("empty", "an empty token", lambda query: (query, bearer(""))),
    ("not a JWT", "a string that is not a JWT", lambda query: (query, bearer(_NOBODY))),
    ("two parts", "a token of two parts", lambda query: (query, bearer(_TWO_PARTS))),
    ("another scheme", "another scheme than Bearer", lambda query: (query, {"Authorization": _BASIC})),
    (
        "made up",
        "an unknown API key and a secret of its own",
        lambda query: (signed_query(query, _NOBODY, _now_ms()), key(_NOBODY)),
    ),
)


# Each of these makes a request by one row of a table.


def _by_nobody(row: Callable[[str], Request], _caller: Signer, query: str, _other: Signer | None) -> Request:
    return row(query)


def _by_token(row: Callable[[Token], Tokens], caller: Signer, query: str, _other: Signer | None) -> Request:
    return query, _bearers(row(tokens.parts(caller.token)))


def _by_tokens(row: Callable[[Token, Token], Tokens], caller: Signer, query: str, other: Signer | None) -> Request:
    assert other is not None
    return query, _bearers(row(tokens.parts(caller.token), tokens.parts(other.token)))


def _by_key(row: Callable[[SignedRequest], Request], caller: Signer, query: str, _other: Signer | None) -> Request:
    return row(SignedRequest.of(caller, query))


def _by_keys(
    row: Callable[[SignedRequest, SignedRequest], Request], caller: Signer, query: str, other: Signer | None
) -> Request:
    assert other is not None
    return row(SignedRequest.of(caller, query), SignedRequest.of(other, query))


def _bearers(token: Tokens) -> dict[str, str]:
    """The header that carries the token. Two go into two headers: names that differ in case alone are one name."""
    if isinstance(token, str):
        return bearer(token)
    return {"Authorization": f"Bearer {token[0]}", "authorization": f"Bearer {token[1]}"}


_TABLE: tuple[tuple[Component, Callable[..., Request], Sequence[tuple[str, str, Callable[..., Any]]]], ...] = (
    (_CREDENTIALS, _by_nobody, _MADE_UP),
    (_HEADER, _by_token, forged_tokens.HEADER),
    (_PAYLOAD, _by_token, forged_tokens.PAYLOAD),
    (_PAYLOAD, _by_tokens, forged_tokens.OTHERS_PAYLOAD),
    (_TOKEN_SIGNATURE, _by_token, forged_tokens.SIGNATURE),
    (_TOKEN_SIGNATURE, _by_tokens, forged_tokens.OTHERS_SIGNATURE),
    (_KEY, _by_key, forged_keys.KEY),
    (_SECRET, _by_key, forged_keys.SECRET),
    (_SECRET, _by_keys, forged_keys.OTHERS_SECRET),
    (_SIGNATURE, _by_key, forged_keys.SIGNATURE),
    (_SIGNATURE, _by_keys, forged_keys.OTHERS_SIGNATURE),
    (_SIGNED_QUERY, _by_key, forged_keys.SIGNED_QUERY),
    (_TIMESTAMP, _by_key, forged_keys.TIMESTAMP),
)

FORGERIES: tuple[Forgery, ...] = tuple(
    Forgery(component, alteration, says, partial(by, row), of_another=by in (_by_tokens, _by_keys))
    for component, by, rows in _TABLE
    for alteration, says, row in rows
)

COMPONENTS: Mapping[str, tuple[Forgery, ...]] = {
    component.name: tuple(each for each in FORGERIES if each.component is component)
    for component in dict.fromkeys(row[0] for row in _TABLE)
}

NO_CREDENTIALS = COMPONENTS["credentials"][0]
NOTHING_SIGNED = next(each for each in COMPONENTS["signature"] if each.alteration == "missing, without a timestamp")


def cell(forgery: Forgery, operation: Operation) -> str:
    """The name of the cell in which this forgery is tried on this operation."""
    return f"{operation} with {forgery}"


# -- with a parameter that is told apart from what is asked ------------------------------------------------------------

_IN_FRONT = "added in front after signing"
_BETWEEN = "added behind the timestamp after signing"
_BEHIND = "behind the signature"
_REPLAYED = "a signature that was good for an earlier query"


def added_in_front(parameter: str) -> Forgery:
    """A parameter that the signature does not cover, in front of all that it does."""

    def added(good: SignedRequest) -> Request:
        query, headers = good.sent()
        return f"{parameter}&{query}", headers

    return _of_signed_query("added in front", f"{parameter} {_IN_FRONT}", added)


def added_behind_the_timestamp(parameter: str) -> Forgery:
    """A parameter that the signature does not cover, between the timestamp and the signature."""

    def added(good: SignedRequest) -> Request:
        return f"{good.covered}&{parameter}&signature={good.signature}", key(good.api_key)

    return _of_signed_query("added behind the timestamp", f"{parameter} {_BETWEEN}", added)


def behind_the_signature(parameter: str) -> Forgery:
    """A good request with a parameter behind its signature."""

    def added(good: SignedRequest) -> Request:
        query, headers = good.sent()
        return f"{query}&{parameter}", headers

    return _of_signed_query("added behind the signature", f"{parameter} {_BEHIND}", added)


def replayed(signature_of: str) -> Forgery:
    """The signature that was good for this whole, signed query string, under another one of the same timestamp."""
    earlier = signature_of.rpartition("&signature=")[2]
    [at] = parse_qs(signature_of)["timestamp"]
    return _of_signed_query("an earlier one's", _REPLAYED, lambda good: replace(good, timestamp=at).sent(earlier))


def _of_signed_query(alteration: str, says: str, row: Callable[[SignedRequest], Request]) -> Forgery:
    return Forgery(_SIGNED_QUERY, alteration, says, partial(_by_key, row))


# -- by name -----------------------------------------------------------------------------------------------------------


def named(says: str) -> Forgery:
    """The forgery that says this of itself. Raises KeyError.

    Of a signature that was good for an earlier query only the kind is made again: nothing has been asked with it.
    """
    for each in FORGERIES:
        if each.says == says:
            return each
    if says == _REPLAYED:
        return _of_signed_query(
            "an earlier one's", says, lambda good: good.sent(replace(good, asked="limit=2").signature)
        )
    for ending, with_parameter in _WITH_A_PARAMETER.items():
        parameter = says.removesuffix(f" {ending}")
        if parameter != says:
            return with_parameter(parameter)
    raise KeyError(says)


_WITH_A_PARAMETER = {
    _IN_FRONT: added_in_front,
    _BETWEEN: added_behind_the_timestamp,
    _BEHIND: behind_the_signature,
}


def _now_ms() -> int:
    return int(time.time() * 1000)
