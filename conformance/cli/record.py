"""`p99-conformance record`."""

import contextlib
import importlib.util
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import uvicorn

from conformance import language
from conformance.cli.complaints import complaints
from conformance.exits import WrongUsage
from conformance.recorded.proxy import Archive, proxy
from conformance.reporting.spoken import SpokenConsole


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "target", required=True, metavar="URL", help="Where requests are passed on to.")
@click.option("--port", type=click.IntRange(0, 65535), default=8089, show_default=True, help="Where it listens.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Of which address of this machine.")
def record(file: Path, target: str, port: int, host: str) -> None:
    """Record the traffic of any client as a HAR file, without secrets, until Ctrl-C.

    Give the client http://127.0.0.1:PORT in place of the server's URL: paths stay as they are. `judge FILE` judges what
    was recorded.
    """
    with complaints():
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WrongUsage(f"--to {target}: a URL with http or https is wanted")
        if importlib.util.find_spec("httpx") is None:
            raise WrongUsage("recording wants httpx: pip install 'p99-conformance[record]'")
        try:
            archive = Archive(file)
        except OSError as error:
            raise WrongUsage(f"{file}: {error.strerror or error}") from None
    console = SpokenConsole(stderr=True)

    def tell(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True)

    root = f"{parts.scheme}://{parts.netloc}"
    config = uvicorn.Config(
        proxy(root, archive, tell),
        host=host,
        port=port,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
    )
    server = _Server(config)
    server.ready = lambda at: tell(f"recording {root} at {at}{parts.path} into {file}; Ctrl-C ends it")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            server.run()
    finally:
        archive.close()
    if not server.started:
        click.echo(language.say(f"p99-conformance: {host}:{port} cannot be listened on"), err=True)
        sys.exit(2)
    tell(f"{archive.entries} requests in {file}; judge them: p99-conformance judge {file}")


class _Server(uvicorn.Server):
    """Tells where it listens."""

    ready: Any

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and self.servers:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.ready(f"http://{host}:{port}")
