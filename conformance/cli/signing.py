"""Signing a query at the moment that it is used, since a captured signature has expired."""

import os
import time

import click

from conformance.cli.shared import complaints
from conformance.target.profile import ProfileError
from conformance.target.signing import signed_query


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
