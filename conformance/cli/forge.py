"""`p99-conformance forge`."""

import os

import click

from conformance.cli.complaints import complaints
from conformance.exits import WrongUsage
from conformance.profile import AccountProfile
from conformance.profile.accounts import from_variables
from conformance.wire import forgery, tokens
from conformance.wire.signer import Signer


@click.command()
@click.argument("credentials")
@click.argument("url")
def forge(credentials: str, url: str) -> None:
    """Print a request with bad credentials, as a file of options for curl.

    CREDENTIALS is the name that a finding gives them. They are made from P99_JWT, or from P99_API_KEY and
    P99_API_SECRET, and for a second account from P99_OTHER_API_KEY and P99_OTHER_API_SECRET.

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
    """Raises WrongUsage."""
    caller, other = (from_variables(key, os.environ) or AccountProfile(key) for key in ("caller", "other"))
    try:
        forged = forgery.named(says, Signer(other))
    except KeyError:
        known = ", ".join(repr(each.says) for each in forgery.FORGERIES)
        raise WrongUsage(f"no credentials are called {says!r}; there are {known}, and what findings name") from None
    if forged.needs == "jwt" and caller.jwt is None:
        raise WrongUsage("no token: set P99_JWT in the environment")
    if forged.needs == "api_key" and caller.api_key is None:
        raise WrongUsage("no key: set P99_API_KEY and P99_API_SECRET in the environment")
    if says == forgery.OF_ANOTHER_ACCOUNT and other.api_secret is None:
        raise WrongUsage("no second account: set P99_OTHER_API_KEY and P99_OTHER_API_SECRET in the environment")
    try:
        return forged.make(Signer(caller), query)
    except tokens.NotApplicable as reason:
        raise WrongUsage(f"P99_JWT: {reason}") from None
