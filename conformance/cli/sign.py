"""`p99-conformance sign`."""

import os
import time

import click

from conformance.cli.complaints import complaints
from conformance.exits import WrongUsage
from conformance.wire.signer import signed_query


@click.command()
@click.argument("query", default="")
def sign(query: str) -> None:
    """Print QUERY with the current timestamp and the signature.

    A signature that was captured has expired; this makes a new one, with the secret in P99_API_SECRET.

    \b
    curl -H "X-MBX-APIKEY: $P99_API_KEY" "$BASE/spot/orders?$(p99-conformance sign 'limit=5')"
    """
    with complaints():
        secret = os.environ.get("P99_API_SECRET")
        if not secret:
            raise WrongUsage("no secret: set P99_API_SECRET in the environment")
        click.echo(signed_query(query, secret, int(time.time() * 1000)))
