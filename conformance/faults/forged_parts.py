"""Lies about access: one part of a credential that is not looked at, or not to its end."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from conformance.faults import fault
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.face import Face


def _json(part: str) -> dict[str, Any]:
    """The JSON object in a part of a token. Raises Denied."""
    try:
        document = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Denied(401, "BAD_TOKEN")
    return document


def _signature(secret: str, header: str, payload: str) -> str:
    """What HS256 makes of two parts of a token."""
    digest = hmac.new(secret.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class _Believes(Gatekeeper):
    """Believes some tokens that it should refuse, and verifies the others."""

    def claims(self, token: str) -> dict[str, Any]:
        parts = token.split(".")
        if len(parts) == 3 and self.believes(*parts):
            return _json(parts[1])
        return super().claims(token)

    def believes(self, header: str, payload: str, signature: str) -> bool:
        """Whether a token of these parts is believed."""
        raise NotImplementedError

    def right(self, header: str, payload: str) -> str:
        """The signature that a token has to have."""
        return _signature(self.secret, header, payload)


# -- the header of a token -------------------------------------------------------------------------------------------


@fault(breaks="auth.jwt-forged")
class NoneInCapitalsTaken(_Believes):
    """Refuses tokens of alg none, and believes those of alg None or NONE."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        algorithm = str(_json(header).get("alg"))
        return algorithm != "none" and algorithm.lower() == "none"


@fault(breaks="auth.jwt-forged")
class EmptyTokenSecretTaken(_Believes):
    """Believes a token that is signed with an empty secret, as where none is configured."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return signature == _signature("", header, payload) and "kid" not in _json(header)


@fault(breaks="auth.jwt-forged")
class DevelopersTokenSecretTaken(_Believes):
    """Believes a token that is signed with the secret of its developers, which is 'secret'."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return signature == _signature("secret", header, payload)


@fault(breaks="auth.jwt-forged")
class KeyOfTheTokenTaken(_Believes):
    """Verifies a token with the key that the token carries."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        key = _json(header).get("jwk", {}).get("k", "")
        secret = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
        return bool(key) and signature == _signature(secret, header, payload)


@fault(breaks="auth.jwt-forged")
class KeyIdIsAFile(_Believes):
    """Reads the secret from the file that a token names in its kid."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        empty_file = str(_json(header).get("kid", "")).endswith("/dev/null")
        return empty_file and signature == _signature("", header, payload)


@fault(breaks="auth.jwt-forged")
class TokenHeaderNotRead(_Believes):
    """Puts the header that it expects in place of the one that came, and verifies that."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        expected = next(iter(self.keys.values())).jwt.partition(".")[0]
        return signature == self.right(expected, payload)


# -- the payload of a token ------------------------------------------------------------------------------------------


@fault(breaks="auth.jwt-forged")
class ExpiredTokensUnverified(_Believes):
    """Lets expired tokens through without a look at their signature, so that they can be renewed."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        expires_at = _json(payload).get("exp")
        return isinstance(expires_at, int) and expires_at < time.time()


@fault(breaks="auth.jwt-forged")
class PayloadOfAnyAccount(_Believes):
    """Takes any payload that it has issued, under any signature that it has issued."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        issued = [keys.jwt.split(".") for keys in self.keys.values()]
        return payload in [each[1] for each in issued] and signature in [each[2] for each in issued]


@fault(breaks="auth.jwt-forged")
class NoPayloadIsTheFirstUser(Gatekeeper):
    """Takes a token without a payload for the first user's."""

    def claims(self, token: str) -> dict[str, Any]:
        return {"sub": next(iter(self.keys))} if ".." in token else super().claims(token)


# -- the signature of a token ----------------------------------------------------------------------------------------


@fault(breaks="auth.jwt-forged")
class TokensFromTheSecondCharacter(_Believes):
    """Compares the signature of a token from its second character on."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return signature[1:] == self.right(header, payload)[1:]


@fault(breaks="auth.jwt-forged")
class TokensButForTheLastCharacter(_Believes):
    """Compares the signature of a token up to its last character but one."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return signature[:-1] == self.right(header, payload)[:-1]


@fault(breaks="auth.jwt-forged")
class MoreBehindATokenIgnored(_Believes):
    """Compares as much of a token's signature as the right one is long."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return signature.startswith(self.right(header, payload))


@fault(breaks="auth.jwt-forged")
class ZerosVerify(_Believes):
    """Finds a signature of zeros right under any token, as a library did that divided by them."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return bool(signature) and not signature.strip("A")


@fault(breaks="auth.jwt-forged")
class UnreadableTokenSignatureIsNone(_Believes):
    """Leaves out what is not base64, and believes a token of whose signature nothing is left."""

    def believes(self, header: str, payload: str, signature: str) -> bool:
        return bool(signature) and not re.sub(r"[^\w-]", "", signature)


@fault(breaks="auth.jwt-forged")
class FourthPartIgnored(Gatekeeper):
    """Reads the first three parts of a token, however many there are."""

    def claims(self, token: str) -> dict[str, Any]:
        return super().claims(".".join(token.split(".")[:3]))


@fault(breaks="auth.jwt-forged")
class SecondHeaderBelieved(Face):
    """Takes a second Authorization header for that of a gateway, which has verified it."""

    def account_of(self, request: Request) -> str:
        tokens = request.headers.getlist("authorization")
        if len(tokens) > 1:
            return str(_json(tokens[1].split(".")[1])["sub"])
        return super().account_of(request)


# -- keys --------------------------------------------------------------------------------------------------------------


@fault(breaks="auth.required")
class KeyFoundByItsSignature(Gatekeeper):
    """Looks for the user whose signature it is where a request has no key."""

    def account(self, headers: Mapping[str, str], query: str) -> str:
        if "authorization" in headers or "x-mbx-apikey" in headers or "signature=" not in query:
            return super().account(headers, query)
        signed, signature = self.split(query)
        found = [keys.account for keys in self.keys.values() if self.is_signature(keys, signed, signature)]
        return found[0] if found else super().account(headers, query)


@fault(breaks="auth.required")
class EmptyKeyIsTheFirstUser(Gatekeeper):
    """Takes an empty key for the first user's."""

    def keys_of(self, api_key: str) -> Keys:
        return super().keys_of(api_key or next(iter(self.by_key)))


@fault(breaks="auth.required")
class MoreBehindAKeyIgnored(Gatekeeper):
    """Knows a key with something behind it, as from a column that cuts off what is too long."""

    def keys_of(self, api_key: str) -> Keys:
        return super().keys_of(api_key[: len(next(iter(self.by_key)))])


@fault(breaks="auth.required")
class KeysInAnyCase(Gatekeeper):
    """Finds a key in a column that knows no capitals."""

    def keys_of(self, api_key: str) -> Keys:
        alike = (keys for key, keys in self.by_key.items() if key.lower() == api_key.lower())
        return next(alike, None) or super().keys_of(api_key)


@fault(breaks="auth.required")
class KeysFromTheSecondCharacter(Gatekeeper):
    """Knows a key by all but its first character, which it takes for its kind."""

    def keys_of(self, api_key: str) -> Keys:
        return next((keys for key, keys in self.by_key.items() if key[1:] == api_key[1:]), None) or super().keys_of(
            api_key
        )


@fault(breaks="auth.required")
class TwoKeysAreTheFirstUser(Face):
    """Does not find a key that is a list, and falls back to the first user."""

    def account_of(self, request: Request) -> str:
        if len(request.headers.getlist("x-mbx-apikey")) > 1:
            return next(iter(self.gatekeeper.keys))
        return super().account_of(request)


@fault(breaks="auth.jwt-forged")
class TokensInAnyCase(Gatekeeper):
    """Looks tokens up in a table that does not tell capitals from small letters."""

    def claims(self, token: str) -> dict[str, Any]:
        issued = (keys.jwt for keys in self.keys.values())
        return super().claims(next((each for each in issued if each.lower() == token.lower()), token))
