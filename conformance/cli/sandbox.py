"""`p99-conformance sandbox`."""

import os
from pathlib import Path

import click

from conformance.cli.complaints import complaints
from conformance.cli.variants import variant
from conformance.exits import WrongUsage
from conformance.mock import front
from conformance.sandbox import ACCOUNTS, SIZE, Served

QUEUE_SIZE = "How many requests may wait for the engine; the next one is refused with 503 ENGINE_BUSY."
SERVICE_MS = "Milliseconds that the engine takes for each request that changes orders."


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option(
    "--fault", multiple=True, metavar="NAME", help="Serve the exchange with this fault or this twin. Repeatable."
)
@click.option("--accounts", type=click.IntRange(2), default=2, show_default=True, help="How many accounts.")
@click.option(
    "--latency-ms", type=click.FloatRange(0, 60_000), default=0.0, show_default=True, help="Before each answer."
)
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Log of requests, as JSON lines with a curl line each.",
)
@click.option(
    "--profile-out", metavar="FILE", default="sandbox.toml", show_default=True, help="File to write its profile to."
)
@click.option("--seed", type=int, help="The same seed gives the same credentials every time.")
@click.option("--queue-size", type=click.IntRange(0), default=SIZE, show_default=True, help=QUEUE_SIZE)
@click.option("--service-ms", type=click.FloatRange(0, 60_000), default=0.0, show_default=True, help=SERVICE_MS)
@click.option("--lanes", type=click.IntRange(1, len(ACCOUNTS) // 2), default=1, help="How many pairs of accounts.")
def sandbox(
    port: int,
    fault: tuple[str, ...],
    accounts: int,
    latency_ms: float,
    log: Path | None,
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
        for name in fault:
            variant(name)
        options = {"lanes": lanes, "queue_size": queue_size, "service_ms": service_ms}
        try:
            made = front(fault, seed=seed, accounts=max(accounts, 2), latency_ms=latency_ms, log=log, **options)
        except ValueError as error:
            raise WrongUsage(str(error)) from None

        def ready(served: Served) -> None:
            Path(profile_out).write_text(served.profile_toml, encoding="utf-8")
            click.echo(f"serving {served.base_url}\nprofile {profile_out}")

        try:
            if log is not None:
                log.open("a", encoding="utf-8").close()
            made.sandbox.serve_forever(port=port, on_ready=ready, app=made)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            if error.filename is not None:
                raise WrongUsage(f"cannot write {error.filename}: {why}") from None
            raise WrongUsage(f"cannot serve on port {port}: {why}; give another --port; 0 takes a free one") from None
