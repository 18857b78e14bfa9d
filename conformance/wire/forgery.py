"""Credentials that are not good: missing, unknown, malformed or altered, each as a way to make a request."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from conformance.wire import tokens
from conformance.wire.signer import Signer, bearer, key, sign, signed_query

Request = tuple[str, dict[str, str]]
"""A query string as it goes over the wire, and headers."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Forgery:
    """One way to be somebody else. `says` what the request comes with; `needs`: the fact that it is made from."""

    says: str
    requirement: str
    needs: Literal["jwt", "api_key"] | None
    make: Callable[[Signer, str], Request]

    def __repr__(self) -> str:
        return self.says


FORGERIES: list[Forgery] = []


def _forgery(
    says: str, requirement: str, needs: Literal["jwt", "api_key"] | None
) -> Callable[[Callable[[Signer, str], Request]], Callable[[Signer, str], Request]]:
    def enter(make: Callable[[Signer, str], Request]) -> Callable[[Signer, str], Request]:
        FORGERIES.append(Forgery(says, requirement, needs, make))
        return make

    return enter


# -- no credentials, or nobody's -------------------------------------------------------------------------------------


@_forgery("no credentials", "auth.required", None)
def _none(_signer: Signer, query: str) -> Request:
    return query, {}


@_forgery("an empty token", "auth.required", None)
def _empty_token(_signer: Signer, query: str) -> Request:
    return query, bearer("")


@_forgery("a token that is none", "auth.required", None)
def _garbage_token(_signer: Signer, query: str) -> Request:
    return query, bearer("p99-conformance")


@_forgery("a token of two parts", "auth.required", None)
def _malformed_token(_signer: Signer, query: str) -> Request:
    return query, bearer(f"{tokens.encoded({'alg': 'HS256', 'typ': 'JWT'})}.{tokens.encoded({'sub': 'nobody'})}")


@_forgery("another scheme than Bearer", "auth.required", None)
def _basic(_signer: Signer, query: str) -> Request:
    return query, {"Authorization": f"Basic {base64.b64encode(b'nobody:nothing').decode()}"}


@_forgery("an unknown API key", "auth.required", "api_key")
def _unknown_key(signer: Signer, query: str) -> Request:
    return _signed(query, signer.api_secret), key(_altered(signer.api_key))


@_forgery("an unknown API key and a secret of its own", "auth.required", None)
def _made_up_key(_signer: Signer, query: str) -> Request:
    return _signed(query, "p99-conformance"), key("p99-conformance")


# -- altered tokens --------------------------------------------------------------------------------------------------


@_forgery("a token whose signature is changed", "auth.jwt-forged", "jwt")
def _changed_signature(signer: Signer, query: str) -> Request:
    header, payload, signature = tokens.parts(signer.token)
    return query, bearer(f"{header}.{payload}.{_altered(signature)}")


@_forgery("a token without its signature", "auth.jwt-forged", "jwt")
def _no_signature(signer: Signer, query: str) -> Request:
    header, payload, _ = tokens.parts(signer.token)
    return query, bearer(f"{header}.{payload}.")


@_forgery("a token whose payload is changed", "auth.jwt-forged", "jwt")
def _changed_payload(signer: Signer, query: str) -> Request:
    header, payload, signature = tokens.parts(signer.token)
    return query, bearer(f"{header}.{tokens.encoded({**tokens.decoded(payload), 'p99c': 1})}.{signature}")


@_forgery("a token of alg none", "auth.jwt-forged", "jwt")
def _alg_none(signer: Signer, query: str) -> Request:
    header, payload, _ = tokens.parts(signer.token)
    return query, bearer(f"{tokens.encoded({**tokens.decoded(header), 'alg': 'none'})}.{payload}.")


# -- altered signatures ----------------------------------------------------------------------------------------------


@_forgery("no signature", "auth.signature", "api_key")
def _unsigned(signer: Signer, query: str) -> Request:
    return _stamped(query), key(signer.api_key)


@_forgery("an empty signature", "auth.signature", "api_key")
def _empty_signature(signer: Signer, query: str) -> Request:
    return f"{_stamped(query)}&signature=", key(signer.api_key)


@_forgery("a signature whose last digit is changed", "auth.signature", "api_key")
def _last_digit(signer: Signer, query: str) -> Request:
    signed = _signed(query, signer.api_secret)
    return signed[:-1] + ("0" if signed[-1] != "0" else "1"), key(signer.api_key)


@_forgery("a signature whose first digit is changed", "auth.signature", "api_key")
def _first_digit(signer: Signer, query: str) -> Request:
    stamped, _, signature = _signed(query, signer.api_secret).rpartition("&signature=")
    changed = ("0" if signature[0] != "0" else "1") + signature[1:]
    return f"{stamped}&signature={changed}", key(signer.api_key)


@_forgery("a signature made with another secret", "auth.signature", "api_key")
def _other_secret(signer: Signer, query: str) -> Request:
    return _signed(query, _altered(signer.api_secret)), key(signer.api_key)


@_forgery("the signature of another query", "auth.signature", "api_key")
def _other_query(signer: Signer, query: str) -> Request:
    stamped = _stamped(query)
    other = sign(signer.api_secret, stamped.replace("timestamp=", "symbol=NOMARKET&timestamp="))
    return f"{stamped}&signature={other}", key(signer.api_key)


_IN_FRONT = "added in front after signing"
_BETWEEN = "added behind the timestamp after signing"
_BEHIND = "behind the signature"
OF_ANOTHER_ACCOUNT = "a signature made with another account's secret"
_REPLAYED = "a signature that was good for an earlier query"


def added_in_front(parameter: str) -> Forgery:
    """A parameter that the signature does not cover, in front of all that it does."""

    def make(signer: Signer, query: str) -> Request:
        return f"{parameter}&{_signed(query, signer.api_secret)}", key(signer.api_key)

    return Forgery(f"{parameter} {_IN_FRONT}", "auth.signature", "api_key", make)


def added_behind_the_timestamp(parameter: str) -> Forgery:
    """A parameter that the signature does not cover, between the timestamp and the signature."""

    def make(signer: Signer, query: str) -> Request:
        stamped, _, signature = _signed(query, signer.api_secret).rpartition("&signature=")
        return f"{stamped}&{parameter}&signature={signature}", key(signer.api_key)

    return Forgery(f"{parameter} {_BETWEEN}", "auth.signature", "api_key", make)


def replayed(signature_of: str) -> Forgery:
    """The signature that was good for this whole, signed query string, under another one of now."""

    def make(signer: Signer, query: str) -> Request:
        return f"{_stamped(query)}&signature={signature_of.rpartition('&signature=')[2]}", key(signer.api_key)

    return Forgery(_REPLAYED, "auth.signature", "api_key", make)


def signed_by(other: Signer) -> Forgery:
    """A signature made with another account's secret: good, but for another key."""

    def make(signer: Signer, query: str) -> Request:
        return _signed(query, other.api_secret), key(signer.api_key)

    return Forgery(OF_ANOTHER_ACCOUNT, "auth.signature", "api_key", make)


A_DAY_OLD = Forgery(
    "a signed timestamp of a day ago",
    "auth.timestamp",
    "api_key",
    lambda signer, query: (signed_query(query, signer.api_secret, _now_ms() - DAY_MS), key(signer.api_key)),
)


def behind_the_signature(parameter: str) -> Forgery:
    """A good request with a parameter behind its signature."""

    def make(signer: Signer, query: str) -> Request:
        return f"{_signed(query, signer.api_secret)}&{parameter}", key(signer.api_key)

    return Forgery(f"{parameter} {_BEHIND}", "auth.signature", "api_key", make)


def named(says: str, other: Signer) -> Forgery:
    """The forgery that says this of itself; `other` signs for a second account. Raises KeyError.

    Of a signature that was good for an earlier query only the kind is made again: nothing has been asked with it.
    """
    fixed = {each.says: each for each in (*FORGERIES, A_DAY_OLD, signed_by(other))}
    if says in fixed:
        return fixed[says]
    if says == _REPLAYED:

        def make(signer: Signer, query: str) -> Request:
            return replayed(_signed("limit=2", signer.api_secret)).make(signer, query)

        return Forgery(says, "auth.signature", "api_key", make)
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


def _stamped(query: str) -> str:
    return f"{query}&timestamp={_now_ms()}" if query else f"timestamp={_now_ms()}"


def _signed(query: str, secret: str) -> str:
    return signed_query(query, secret, _now_ms())


def _now_ms() -> int:
    return int(time.time() * 1000)


def _altered(text: str) -> str:
    """The text with its middle character changed, and not in case alone: the last of a signature can decode alike."""
    middle = len(text) // 2
    return text[:middle] + ("A" if text[middle].upper() != "A" else "B") + text[middle + 1 :]
