"""What is done to a good signed request, part by part: no server may take what comes of it for a good one.

What is left out, since a server may take it for the good request, or since the documents do not decide it:

- The digits of the signature in capitals, or the same digest in base64: it is the right digest all the same.
- A blank around the key or the signature: HTTP strips the one, and frameworks trim the other.
- The right signature beside a wrong one, or the right key beside another: which of two counts is not said.
- A parameter that is given twice with one value, or signed twice: how parameters are canonicalised is not said.
- A timestamp in seconds, or ahead of ours: how the target reads it, and how far clocks may differ, is not said.
- A secret with one character changed at its start or its end: to a digest each wrong secret is like any other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.wire.alterations import (
    HEX,
    cut_short,
    first_changed,
    last_changed,
    middle_changed,
    middle_in_other_capitals,
)
from conformance.wire.signer import Signer, key, sign

Request = tuple[str, dict[str, str]]
"""A query string as it goes over the wire, and headers."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signed request is made from. `asked`: the query without timestamp and signature. A `timestamp` of None is
    left out.
    """

    api_key: str
    secret: str
    asked: str
    timestamp: str | None

    @classmethod
    def of(cls, signer: Signer, asked: str) -> "SignedRequest":
        """What the signer would send now."""
        return cls(signer.api_key, signer.api_secret, asked, str(signer.timestamp_ms()))

    @property
    def covered(self) -> str:
        """What is signed."""
        stamp = None if self.timestamp is None else f"timestamp={self.timestamp}"
        return "&".join(filter(None, [self.asked, stamp]))

    @property
    def signature(self) -> str:
        """The signature of that, by this secret."""
        return sign(self.secret, self.covered)

    def sent(self, signature: str | None = None) -> Request:
        """The request as it is sent, with this signature or else with the right one."""
        end = f"signature={self.signature if signature is None else signature}"
        return "&".join(filter(None, [self.covered, end])), key(self.api_key)

    def later(self, ms: int) -> "SignedRequest":
        """The same so many milliseconds later."""
        assert self.timestamp is not None
        return replace(self, timestamp=str(int(self.timestamp) + ms))


Row = tuple[str, str, Callable[[SignedRequest], Request]]
"""The alteration, what the request then comes with, and how it is made from a good one."""

OthersRow = tuple[str, str, Callable[[SignedRequest, SignedRequest], Request]]
"""The same, made from what the caller and another account would send."""


def _two_keys(good: SignedRequest) -> Request:
    """The header twice; header names that differ in case alone are one name, and both are sent."""
    return good.sent()[0], {
        "X-MBX-APIKEY": first_changed(good.api_key),
        "x-mbx-apikey": last_changed(good.api_key),
    }


KEY: tuple[Row, ...] = (
    ("missing", "a signature without an API key", lambda good: (good.sent()[0], {})),
    ("empty", "an empty API key", lambda good: replace(good, api_key="").sent()),
    ("cut short", "an API key that is cut short", lambda good: replace(good, api_key=cut_short(good.api_key)).sent()),
    (
        "first character changed",
        "an API key with another first character",
        lambda good: replace(good, api_key=first_changed(good.api_key)).sent(),
    ),
    (
        "middle character changed",
        "an API key that is another one in the middle",
        lambda good: replace(good, api_key=middle_in_other_capitals(good.api_key)).sent(),
    ),
    (
        "last character changed",
        "an API key with another last character",
        lambda good: replace(good, api_key=last_changed(good.api_key)).sent(),
    ),
    ("padded", "an API key with a zero behind it", lambda good: replace(good, api_key=f"{good.api_key}0").sent()),
    ("repeated", "two API keys, each an unknown one", _two_keys),
)

SECRET: tuple[Row, ...] = (
    ("empty", "a signature made with an empty secret", lambda good: replace(good, secret="").sent()),
    (
        "cut short",
        "a signature made with half of the secret",
        lambda good: replace(good, secret=cut_short(good.secret)).sent(),
    ),
    (
        "middle character changed",
        "a signature made with another secret",
        lambda good: replace(good, secret=middle_changed(good.secret)).sent(),
    ),
    (
        "well-known",
        "a signature made with the well-known secret 'secret'",
        lambda good: replace(good, secret="secret").sent(),  # noqa: S106 - it is nobody's
    ),
    (
        "from the documents",
        "a signature made with the documents' secret 'your_api_secret'",
        lambda good: replace(good, secret="your_api_secret").sent(),  # noqa: S106 - it is nobody's
    ),
    (
        "the API key",
        "a signature made with the API key in place of the secret",
        lambda good: replace(good, secret=good.api_key).sent(),
    ),
)

OTHERS_SECRET: tuple[OthersRow, ...] = (
    (
        "another account's",
        "a signature made with another account's secret",
        lambda good, other: replace(good, secret=other.secret).sent(),
    ),
)

SIGNATURE: tuple[Row, ...] = (
    ("missing", "no signature", lambda good: (good.covered, key(good.api_key))),
    ("missing, without a timestamp", "an API key and nothing signed", lambda good: (good.asked, key(good.api_key))),
    ("empty", "an empty signature", lambda good: good.sent("")),
    ("cut short", "a signature that is cut short", lambda good: good.sent(cut_short(good.signature))),
    (
        "first character changed",
        "a signature whose first digit is changed",
        lambda good: good.sent(first_changed(good.signature, HEX)),
    ),
    (
        "middle character changed",
        "a signature whose middle digit is changed",
        lambda good: good.sent(middle_changed(good.signature, HEX)),
    ),
    (
        "last character changed",
        "a signature whose last digit is changed",
        lambda good: good.sent(last_changed(good.signature, HEX)),
    ),
    ("padded with a zero", "a signature with a zero behind it", lambda good: good.sent(f"{good.signature}0")),
    ("padded with =", "a signature with = behind it", lambda good: good.sent(f"{good.signature}=")),
    ("not hex", "a signature that is not hex", lambda good: good.sent("z" * len(good.signature))),
    (
        "not hex at its end",
        "a signature whose last digits are not hex",
        lambda good: good.sent(f"{good.signature[:-2]}zz"),
    ),
    (
        "repeated",
        "two wrong signatures",
        lambda good: good.sent(f"{first_changed(good.signature, HEX)}&signature={last_changed(good.signature, HEX)}"),
    ),
    (
        "without a secret",
        "the plain SHA-256 of the query for a signature",
        lambda good: good.sent(hashlib.sha256(good.covered.encode()).hexdigest()),
    ),
)

TIMESTAMP: tuple[Row, ...] = (
    ("missing", "a signed request without a timestamp", lambda good: replace(good, timestamp=None).sent()),
    ("text", "a signed timestamp that is no number", lambda good: replace(good, timestamp="yesterday").sent()),
    ("a day old", "a signed timestamp of a day ago", lambda good: good.later(-DAY_MS).sent()),
)

OTHERS_SIGNATURE: tuple[OthersRow, ...] = (
    (
        "another account's",
        "another account's API key",
        lambda good, other: replace(good, api_key=other.api_key).sent(),
    ),
)

SIGNED_QUERY: tuple[Row, ...] = (
    (
        "another query's",
        "the signature of another query",
        lambda good: good.sent(replace(good, asked="&".join(filter(None, [good.asked, "symbol=NOMARKET"]))).signature),
    ),
    ("nothing signed", "the signature of an empty query", lambda good: good.sent(sign(good.secret, ""))),
    (
        "changed after signing",
        "a timestamp that was changed after signing",
        lambda good: good.later(1).sent(good.signature),
    ),
)
