"""Whose request it is, by the credentials in it. Credentials get names here, and are shown nowhere."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from conformance.profile.secrets import MASK
from conformance.wire.signer import Credential
from conformance.wire.tokens import owner

# Who else redacts writes such things where a credential was.
_MASKED = re.compile(r"^\W*$|\*\*\*|redacted|removed|hidden|^[x.•]+$", re.IGNORECASE)

_NAMES = 10_000  # credentials that are told apart; the rest are nobody's


class Flaw(NamedTuple):
    """What shows that credentials are not good, and the requirement on that."""

    requirement: str
    says: str


class Credentials(NamedTuple):
    """Of one request. `name`: what its owner is called here, None if nobody can tell. `secrets`: not to be shown."""

    name: str | None = None
    kind: Credential | None = None
    flaw: Flaw | None = None
    secrets: tuple[str, ...] = ()


class Names:
    """Gives the same name to the same owner: by the user that a token names, else by the credential itself."""

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._numbers: dict[str, int] = {}
        self._signatures: dict[bytes, bytes] = {}

    def of(self, headers: Mapping[str, str], query: str) -> Credentials:
        """The credentials of a request with these headers, whose names are in lower case."""
        authorization, key = headers.get("authorization", ""), headers.get("x-mbx-apikey", "")
        scheme, _, token = authorization.partition(" ")
        if authorization:
            token = token if scheme.lower() == "bearer" else authorization
            return self._of_token(token.strip(), (authorization, token.strip(), *filter(None, [key])))
        if key:
            unsigned = "signature" not in dict(parse_qsl(query, keep_blank_values=True))
            flaw = Flaw("auth.signature", "an API key and no signature") if unsigned else None
            if _MASKED.search(key):
                return Credentials(None, "api-key", flaw)
            return Credentials(self._name("key", key), "api-key", flaw, (key,))
        if cookie := headers.get("cookie", ""):
            name = None if _MASKED.search(cookie) else self._name("session", cookie)
            return Credentials(name, "jwt", None, (cookie,))
        return Credentials()

    def _of_token(self, token: str, secrets: tuple[str, ...]) -> Credentials:
        if not token or _MASKED.search(token):
            return Credentials(None, "jwt")
        header, payload = _parts(token)
        user = owner(payload)
        flaw = None
        if str(header.get("alg", "")).lower() == "none":
            flaw = Flaw("auth.jwt-forged", "a token with alg none")
        elif str(header.get("alg", ""))[:2] in ("HS", "RS") and self._is_signed_twice(token):
            flaw = Flaw("auth.jwt-forged", "a token whose signature is not that of another one with the same content")
        name = self._name("user", str(user)) if user else self._name("token", token)
        return Credentials(name, "jwt", flaw, secrets)

    def _is_signed_twice(self, token: str) -> bool:
        """Whether another token with this content came before, with another signature."""
        content, _, signature = token.rpartition(".")
        told = hashlib.sha256(content.encode(errors="replace")).digest()
        signed = hashlib.sha256(signature.encode(errors="replace")).digest()
        if len(self._signatures) >= _NAMES:
            return False
        return self._signatures.setdefault(told, signed) != signed

    def _name(self, kind: str, value: str) -> str | None:
        key = hashlib.sha256(f"{kind} {value}".encode(errors="replace")).digest()
        if key not in self._names:
            if len(self._names) >= _NAMES:
                return None
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            self._names[key] = f"{kind}-{self._numbers[kind]}"
        return self._names[key]


def _parts(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and payload of a JWT; empty where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}, {}
    try:
        read = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2]]
    except (ValueError, RecursionError):
        return {}, {}
    return (read[0], read[1]) if all(isinstance(each, dict) for each in read) else ({}, {})


def masked(name: str | None) -> str:
    """What stands in a recording for a credential of this owner."""
    return f"{MASK}{name}" if name else MASK
