"""Lies about access: signatures that anybody can make, or that are not compared to their end; and timestamps."""

import hashlib
import re
from dataclasses import replace
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from conformance.faults import fault
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.face import Face


class _Takes(Gatekeeper):
    """Takes some signatures that it should refuse beside the right one."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return self.takes(keys, signed, signature) or super().is_signature(keys, signed, signature)

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        """Whether this signature is taken for the right one."""
        raise NotImplementedError


class _TakesSecret(_Takes):
    """Takes signatures made with a secret that is not the user's."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return signature == self.signature(replace(keys, api_secret=self.other_secret(keys)), signed)

    def other_secret(self, keys: Keys) -> str:
        """The secret."""
        raise NotImplementedError


# -- made with what anybody has --------------------------------------------------------------------------------------


@fault(breaks="auth.signature")
class EmptySecretTaken(_TakesSecret):
    """Takes signatures made with an empty secret, as of a user who has none yet."""

    def other_secret(self, keys: Keys) -> str:
        return ""


@fault(breaks="auth.signature")
class SecretOfTheDocumentsTaken(_TakesSecret):
    """Takes signatures made with the secret that stands in the documents' samples."""

    def other_secret(self, keys: Keys) -> str:
        return "your_api_secret"


@fault(breaks="auth.signature")
class SignedWithTheKey(_TakesSecret):
    """Takes signatures made with the API key in place of the secret."""

    def other_secret(self, keys: Keys) -> str:
        return keys.api_key


@fault(breaks="auth.signature")
class SignedWithHalfTheSecret(_TakesSecret):
    """Keeps half of each secret, and takes signatures made with that."""

    def other_secret(self, keys: Keys) -> str:
        return keys.api_secret[: len(keys.api_secret) // 2]


@fault(breaks="auth.signature")
class SignedWithoutASecret(_Takes):
    """Takes the plain SHA-256 of a query for its signature."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return signature == hashlib.sha256(signed.encode()).hexdigest()


@fault(breaks="auth.signature")
class BodySigned(_Takes):
    """Is content with the signature of the body, of which neither operation has one."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return signature == self.signature(keys, "")


@fault(breaks="auth.signature")
class TimestampNotCovered(_Takes):
    """Verifies a signature against any timestamp of the last five milliseconds."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        front, found, stamp = signed.rpartition("timestamp=")
        if not (found and stamp.isascii() and stamp.isdigit()):
            return False
        earlier = (f"{front}{found}{int(stamp) - ms}" for ms in range(1, 6))
        return signature in [self.signature(keys, each) for each in earlier]


# -- not compared to the end -----------------------------------------------------------------------------------------


@fault(breaks="auth.signature")
class SignaturesFromTheSecondDigit(_Takes):
    """Compares a signature from its second digit on."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return len(signature) == 64 and signature[1:] == self.signature(keys, signed)[1:]


@fault(breaks="auth.signature")
class SignaturesButForTheLastDigit(_Takes):
    """Compares a signature up to its last digit but one."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return len(signature) == 64 and signature[:63] == self.signature(keys, signed)[:63]


@fault(breaks="auth.signature")
class HalfASignatureIsEnough(_Takes):
    """Compares as many digits as a signature has, if there are sixteen at least."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return len(signature) >= 16 and self.signature(keys, signed).startswith(signature)


@fault(breaks="auth.signature")
class MoreBehindASignatureIgnored(_Takes):
    """Compares the first 64 characters of a signature, whatever stands behind them."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return "&" not in signature and signature[:64] == self.signature(keys, signed)


@fault(breaks="auth.signature")
class PaddingIsStripped(_Takes):
    """Strips = from the end of a signature before it compares."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        return signature.rstrip("=") == self.signature(keys, signed)


@fault(breaks="auth.signature")
class NotHexIsNothing(_Takes):
    """Reads a signature up to the first character that is not hex, and compares what it has read."""

    def takes(self, keys: Keys, signed: str, signature: str) -> bool:
        digits = re.match("[0-9a-f]*", signature)
        read = digits[0] if digits else ""
        return len(signature) == 64 and read != signature and self.signature(keys, signed).startswith(read)


@fault(breaks="auth.signature")
class StatusBehindTheSignature(Gatekeeper):
    """Acts on a status that stands behind the signature."""

    def split(self, query: str) -> tuple[str, str]:
        signed, found, behind = query.partition("&status=")
        return super().split(signed if found and "signature=" in signed and "&" not in behind else query)


@fault(breaks="auth.signature")
class FirstValueCountsAndTheLastIsVerified(Face):
    """Verifies the last of two values of a parameter, and acts on the first."""

    def account_of(self, request: Request) -> str:
        last = urlencode(dict(parse_qsl(request.url.query, keep_blank_values=True)))
        return self.gatekeeper.account(request.headers, last)

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(reversed(parse_qsl(request.url.query, keep_blank_values=True)))


@fault(breaks="auth.signature")
class SaidAgainBehindTheSignature(Face):
    """Refuses what stands behind a signature, unless it is a parameter that was signed: then it acts on that."""

    def split(self, query: str) -> tuple[str, str]:
        """What is verified, and what stands behind it."""
        found = re.match("(.*&signature=[0-9a-f]+)&(.*)", query)
        signed, behind = found.groups() if found else (query, "")
        again = dict(parse_qsl(behind)).keys() <= dict(parse_qsl(signed)).keys()
        return (signed, behind) if again else (query, "")

    def account_of(self, request: Request) -> str:
        return self.gatekeeper.account(request.headers, self.split(request.url.query)[0])

    def parameters(self, request: Request) -> dict[str, str]:
        signed, behind = self.split(request.url.query)
        return dict(parse_qsl(f"{signed}&{behind}", keep_blank_values=True)) if behind else super().parameters(request)


@fault(breaks="auth.signature")
class CancelsWithoutAQueryAreNotSigned(Face):
    """Verifies a signature where there is a query, and lets a key alone cancel without one."""

    def account_of(self, request: Request) -> str:
        key = request.headers.get("x-mbx-apikey")
        if key and request.method == "DELETE" and not request.url.query:
            return self.gatekeeper.keys_of(key).account
        return super().account_of(request)


@fault(breaks="auth.signature")
class EachWorkerKeepsSignatures(Gatekeeper):
    """Has three workers, of which each keeps the signatures that it has accepted, and not what they were for."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.workers = cycle([set[tuple[Keys, str]](), set[tuple[Keys, str]](), set[tuple[Keys, str]]()])

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        kept = next(self.workers)
        if (keys, signature) in kept:
            return True
        right = super().is_signature(keys, signed, signature)
        if right:
            kept.add((keys, signature))
        return right


@fault(breaks="auth.signature")
class TwoSignaturesAreNotCompared(Face):
    """Takes a signature that is given twice for a list of texts, and compares only texts."""

    def account_of(self, request: Request) -> str:
        if len(request.query_params.getlist("signature")) > 1:
            return self.gatekeeper.keys_of(request.headers.get("x-mbx-apikey", "")).account
        return super().account_of(request)

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(request.query_params)


# -- timestamps ------------------------------------------------------------------------------------------------------


@fault(breaks="auth.timestamp")
class TimestampMayBeMissing(Gatekeeper):
    """Checks the timestamp of a signed request where there is one."""

    def check_timestamp(self, signed: str) -> None:
        if "timestamp=" in signed:
            super().check_timestamp(signed)


@fault(breaks="auth.timestamp")
class UnreadableTimestampTaken(Gatekeeper):
    """Takes a timestamp that is no number for one of now."""

    def check_timestamp(self, signed: str) -> None:
        try:
            super().check_timestamp(signed)
        except Denied as denied:
            if denied.error != "BAD_TIMESTAMP" or "timestamp=" not in signed:
                raise
