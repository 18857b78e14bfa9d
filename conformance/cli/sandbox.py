"""`p99-conformance sandbox`."""

from pathlib import Path

import click

from conformance.cli.complaints import complaints
from conformance.cli.variants import variant
from conformance.exits import WrongUsage
from conformance.sandbox import ACCOUNTS, SIZE, Sandbox, Served

QUEUE_SIZE = "How many requests may wait for the engine; the next one is refused with 503 ENGINE_BUSY."
SERVICE_MS = "Milliseconds that the engine takes for each request that changes orders."


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option("--fault", metavar="NAME", help="Serve the exchange with this fault or this twin.")
@click.option(
    "--profile-out", metavar="FILE", default="sandbox.toml", show_default=True, help="File to write its profile to."
)
@click.option("--seed", type=int, help="The same seed gives the same credentials every time.")
@click.option("--queue-size", type=click.IntRange(0), default=SIZE, show_default=True, help=QUEUE_SIZE)
@click.option("--service-ms", type=click.FloatRange(0, 60_000), default=0.0, show_default=True, help=SERVICE_MS)
@click.option("--lanes", type=click.IntRange(1, len(ACCOUNTS) // 2), default=1, help="How many pairs of accounts.")
def sandbox(
    port: int,
    fault: str | None,
    profile_out: str,
    seed: int | None,
    queue_size: int,
    service_ms: float,
    lanes: int,
) -> None:
    """Serve the sandbox, a reference exchange, on this machine until Ctrl-C.

    Developers of clients can use it as a mock, too.
    """
    with complaints():
        make = Sandbox if fault is None else variant(fault).sandbox
        chosen = make(seed, lanes=lanes, queue_size=queue_size, service_ms=service_ms)

        def ready(served: Served) -> None:
            Path(profile_out).write_text(served.profile_toml, encoding="utf-8")
            click.echo(f"serving {served.base_url}\nprofile {profile_out}")

        try:
            chosen.serve_forever(port=port, on_ready=ready)
        except OSError as error:
            raise WrongUsage(f"cannot serve on port {port}, or write {profile_out}: {error}") from None
