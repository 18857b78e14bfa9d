"""What is done to a good token, part by part: no server may take what comes of it for a good one.

What is left out, since a server may take it for the good token, or since the documents do not decide it:

- `bearer` in lower case: HTTP has schemes in any case. A blank around the token: HTTP strips it.
- `=` behind a part, and another last character that decodes to the same bytes: common libraries read them alike.
- The good token in one of two headers: which of them counts is not said.
- An empty part: between two dots that is the same as a missing one.
- The header of another account's token: as a rule it is the same one.
- jku and x5u: the target would have to fetch a key from a server of ours. x5c: there is no certificate at hand.
- An opaque token: only its issuer knows what its characters mean.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from conformance.wire.alterations import cut_short, first_changed, last_changed, middle_changed
from conformance.wire.tokens import Token, decoded, encoded, hs256, in_base64

Tokens = str | tuple[str, str]
"""A token, or two of them in two headers."""

Row = tuple[str, str, Callable[[Token], Tokens]]
"""The alteration, what the request then comes with, and how that is made from a good token."""

OthersRow = tuple[str, str, Callable[[Token, Token], Tokens]]
"""The same, made from a good token of the caller and one of another account."""

_DAY_S = 86_400
_OWN_KEY = b"p99-conformance"  # no secret: the token itself carries it


def _altered(part: str) -> Iterator[Row]:
    """What is done to each part alike."""
    for alteration, words, alter in (
        ("cut short", "is cut short", cut_short),
        ("first character changed", "has another first character", first_changed),
        ("middle character changed", "has another middle character", middle_changed),
        ("last character changed", "has another last character", last_changed),
    ):

        def make(token: Token, alter: Callable[[str], str] = alter) -> str:
            return str(token._replace(**{part: alter(getattr(token, part))}))

        yield alteration, f"a token whose {part} {words}", make


def _unsigned(token: Token, algorithm: str) -> str:
    """The token, saying of itself that it needs no signature."""
    return f"{encoded({**decoded(token.header), 'alg': algorithm})}.{token.payload}."


def _signed(token: Token, key: bytes, **header: Any) -> str:
    """The token, signed anew by HS256 with this key."""
    head = encoded({**decoded(token.header), "alg": "HS256", **header})
    return f"{head}.{token.payload}.{hs256(key, head, token.payload)}"


def _claiming(token: Token, **claims: Any) -> str:
    """The token with these claims, and its old signature."""
    return str(token._replace(payload=encoded({**decoded(token.payload), **claims})))


HEADER: tuple[Row, ...] = (
    ("missing", "a token without its header", lambda token: str(token._replace(header=""))),
    *_altered("header"),
    ("alg none", "a token of alg none", lambda token: _unsigned(token, "none")),
    ("alg None", "a token of alg None", lambda token: _unsigned(token, "None")),
    ("alg NONE", "a token of alg NONE", lambda token: _unsigned(token, "NONE")),
    ("alg nOnE", "a token of alg nOnE", lambda token: _unsigned(token, "nOnE")),
    ("empty secret", "a token signed by HS256 with an empty secret", lambda token: _signed(token, b"")),
    (
        "well-known secret",
        "a token signed by HS256 with the well-known secret 'secret'",
        lambda token: _signed(token, b"secret"),
    ),
    (
        "another well-known secret",
        "a token signed by HS256 with the well-known secret 'your-256-bit-secret'",
        lambda token: _signed(token, b"your-256-bit-secret"),
    ),
    (
        "kid of an empty file",
        "a token whose kid names an empty file, signed with an empty secret",
        lambda token: _signed(token, b"", kid="../../../../../../dev/null"),
    ),
    (
        "key in the header",
        "a token that carries the key that it is signed with",
        lambda token: _signed(token, _OWN_KEY, jwk={"kty": "oct", "k": in_base64(_OWN_KEY)}),
    ),
)

PAYLOAD: tuple[Row, ...] = (
    ("missing", "a token without its payload", lambda token: str(token._replace(payload=""))),
    *_altered("payload"),
    ("claim added", "a token with a claim added to its payload", lambda token: _claiming(token, p99c=1)),
    (
        "expired",
        "a token with an exp of yesterday and its old signature",
        lambda token: _claiming(token, exp=int(time.time()) - _DAY_S),
    ),
)

OTHERS_PAYLOAD: tuple[OthersRow, ...] = (
    (
        "another account's",
        "a token with the payload of another account's token",
        lambda token, other: str(token._replace(payload=other.payload)),
    ),
)

SIGNATURE: tuple[Row, ...] = (
    ("missing", "a token without its signature", lambda token: str(token._replace(signature=""))),
    *_altered("signature"),
    (
        "padded",
        "a token with zeros behind its signature",
        lambda token: f"{token}{in_base64(bytes(3))}",
    ),
    (
        "in another case",
        "a token whose signature has capitals for small letters, and the reverse",
        lambda token: str(token._replace(signature=token.signature.swapcase())),
    ),
    (
        "zeros",
        "a token with a signature of zeros",
        lambda token: str(token._replace(signature="A" * len(token.signature))),
    ),
    (
        "not base64",
        "a token whose signature is not base64",
        lambda token: str(token._replace(signature="*" * len(token.signature))),
    ),
    ("repeated", "a token with its signature twice", lambda token: f"{token}.{token.signature}"),
    (
        "header repeated",
        "two Authorization headers, each with a token of another wrong signature",
        lambda token: (
            str(token._replace(signature=first_changed(token.signature))),
            str(token._replace(signature=middle_changed(token.signature))),
        ),
    ),
)

OTHERS_SIGNATURE: tuple[OthersRow, ...] = (
    (
        "another account's",
        "a token with the signature of another account's token",
        lambda token, other: str(token._replace(signature=other.signature)),
    ),
)
