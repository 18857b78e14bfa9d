"""`p99-conformance sandbox`."""

from pathlib import Path

import click

from conformance.cli.complaints import complaints
from conformance.cli.variants import variant
from conformance.exits import WrongUsage
from conformance.sandbox import Sandbox, Served


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option("--fault", metavar="NAME", help="Serve the exchange with this fault, or as this twin.")
@click.option(
    "--profile-out", metavar="FILE", default="sandbox.toml", show_default=True, help="File that its profile goes to."
)
@click.option("--seed", type=int, help="The same seed gives the same credentials every time.")
def sandbox(port: int, fault: str | None, profile_out: str, seed: int | None) -> None:
    """Serve the sandbox, a reference exchange, on this machine until Ctrl-C.

    Developers of clients can use it as a mock, too.
    """
    with complaints():
        chosen = Sandbox(seed=seed) if fault is None else variant(fault).sandbox(seed)

        def ready(served: Served) -> None:
            Path(profile_out).write_text(served.profile_toml, encoding="utf-8")
            click.echo(f"serving {served.base_url}\nprofile {profile_out}")

        try:
            chosen.serve_forever(port=port, on_ready=ready)
        except OSError as error:
            raise WrongUsage(f"cannot serve on port {port}, or write {profile_out}: {error}") from None
