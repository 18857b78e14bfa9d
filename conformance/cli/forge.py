"""`p99-conformance forge`."""

import os

import click

from conformance.cli.complaints import complaints
from conformance.exits import WrongUsage
from conformance.profile import AccountProfile
from conformance.profile.accounts import from_variables, variables
from conformance.wire import forgery
from conformance.wire.forged_keys import Request
from conformance.wire.signer import Signer


@click.command()
@click.argument("credentials")
@click.argument("url")
def forge(credentials: str, url: str) -> None:
    """Print a request with bad credentials, as a config file for curl.

    CREDENTIALS is the name that a finding gives them. They are made from P99_JWT, or from P99_API_KEY and
    P99_API_SECRET, and for a second account from P99_OTHER_JWT, or P99_OTHER_API_KEY and P99_OTHER_API_SECRET.

    \b
    p99-conformance forge 'a token of alg none' "$BASE/spot/orders?limit=5" | curl -i -K -
    """
    with complaints():
        address, _, asked = url.partition("?")
        query, headers = _forged(credentials, asked)
    whole = f"{address}?{query}" if query else address
    # curl leaves a header out that ends with a colon, and sends one without a value that ends with a semicolon.
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in headers.items()]
    options = [("url", whole), *(("header", line) for line in lines)]
    for option, value in options:
        quoted = value.replace("\\", r"\\").replace('"', r"\"")
        click.echo(f'{option} = "{quoted}"')


def _forged(says: str, query: str) -> Request:
    """Raises WrongUsage."""
    try:
        forged = forgery.named(says)
    except KeyError:
        known = ", ".join(repr(each.says) for each in forgery.FORGERIES)
        raise WrongUsage(f"no credentials are called {says!r}; there are {known}, and what findings name") from None
    caller, other = (Signer(from_variables(key, os.environ) or AccountProfile(key)) for key in ("caller", "other"))
    if lack := forged.lacks(caller, other):
        names = " and ".join(variables(lack.account, _KINDS[lack.credential]))
        raise WrongUsage(f"{names}: the token is opaque" if lack.opaque else f"{_NONE[lack.credential]}: set {names}")
    return forged.make(caller, query, other)


_KINDS = {"jwt": ("jwt",), "api-key": ("api_key", "api_secret")}
_NONE = {"jwt": "no token", "api-key": "no key"}
