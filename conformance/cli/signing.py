"""Requests made at the moment that they are used: a captured signature has expired."""

import os
import time

import click

from conformance.cli.shared import complaints
from conformance.profile import AccountProfile, ProfileError
from conformance.profile.accounts import from_variables
from conformance.wire import forgery, tokens
from conformance.wire.signer import Signer, signed_query


@click.command()
@click.argument("query", default="")
def sign(query: str) -> None:
    """Print QUERY with the timestamp of this moment and the signature, made with the secret in P99_API_SECRET.

    \b
    curl -H "X-MBX-APIKEY: $P99_API_KEY" "$BASE/spot/orders?$(p99-conformance sign 'limit=5')"
    """
    with complaints():
        secret = os.environ.get("P99_API_SECRET")
        if not secret:
            raise ProfileError("no secret: set P99_API_SECRET in the environment")
        click.echo(signed_query(query, secret, int(time.time() * 1000)))


@click.command()
@click.argument("credentials")
@click.argument("url")
def forge(credentials: str, url: str) -> None:
    """Print a request of URL with CREDENTIALS that are not good, as a file of options for curl.

    CREDENTIALS are named as findings name them. What they are made from stands in P99_JWT, or P99_API_KEY and
    P99_API_SECRET, and for a second account in P99_OTHER_API_KEY and P99_OTHER_API_SECRET.

    \b
    p99-conformance forge 'a token of alg none' "$BASE/spot/orders?limit=5" | curl -i -K -
    """
    with complaints():
        address, _, asked = url.partition("?")
        query, headers = _forged(credentials, asked)
    whole = f"{address}?{query}" if query else address
    options = [("url", whole), *(("header", f"{name}: {value}") for name, value in headers.items())]
    for option, value in options:
        quoted = value.replace("\\", r"\\").replace('"', r"\"")
        click.echo(f'{option} = "{quoted}"')


def _forged(says: str, query: str) -> forgery.Request:
    """Raises ProfileError."""
    caller, other = (from_variables(key, os.environ) or AccountProfile(key) for key in ("caller", "other"))
    try:
        forged = forgery.named(says, Signer(other))
    except KeyError:
        known = ", ".join(repr(each.says) for each in forgery.FORGERIES)
        raise ProfileError(f"no credentials are called {says!r}; there are {known}, and what findings name") from None
    if forged.needs == "jwt" and caller.jwt is None:
        raise ProfileError("no token: set P99_JWT in the environment")
    if forged.needs == "api_key" and caller.api_key is None:
        raise ProfileError("no key: set P99_API_KEY and P99_API_SECRET in the environment")
    if says == forgery.OF_ANOTHER_ACCOUNT and other.api_secret is None:
        raise ProfileError("no second account: set P99_OTHER_API_KEY and P99_OTHER_API_SECRET in the environment")
    try:
        return forged.make(Signer(caller), query)
    except tokens.NotApplicable as reason:
        raise ProfileError(str(reason), "P99_JWT") from None
