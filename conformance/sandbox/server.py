"""The sandbox over real TCP: in a thread of the process that asks for it, or alone until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conformance.sandbox.face import BASE_PATH

HOST = "127.0.0.1"
_STARTS_WITHIN_S = 10  # it takes a tenth of one; a machine that is busy with tests may take some


@dataclass(frozen=True, slots=True)
class Served:
    """Where the sandbox listens, and a profile of it as TOML."""

    base_url: str
    profile_toml: str


def listen(port: int) -> tuple[socket.socket, str]:
    """A listening socket on this machine alone, and the URL below which the API is. Raises OSError."""
    listening = socket.create_server((HOST, port), backlog=256)
    # Inherited by each connection. Header and body go out in two packets, and without it the second one waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening, f"http://{HOST}:{listening.getsockname()[1]}"


@contextlib.contextmanager
def in_thread(
    app: Any, listening: socket.socket, protocol: type[HttpToolsProtocol] = HttpToolsProtocol
) -> Iterator[None]:
    """Serve in a thread while the context lasts; `protocol` speaks HTTP. Raises RuntimeError where the server does not
    start.
    """
    server = _server(app, protocol)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="sandbox", daemon=True)
    ready = threading.Event()
    server.on_startup = ready.set
    thread.start()
    try:
        if not ready.wait(_STARTS_WITHIN_S):
            raise RuntimeError(f"the sandbox did not start within {_STARTS_WITHIN_S} s")
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def until_stopped(
    app: Any, listening: socket.socket, on_ready: Callable[[], None], protocol: type[HttpToolsProtocol]
) -> None:
    """Serve until Ctrl-C or SIGTERM; as `in_thread`."""
    server = _server(app, protocol)
    server.on_startup = on_ready
    # Once it has shut down, uvicorn raises the signal anew: to be told to stop is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    listening.close()


class _Server(uvicorn.Server):
    """Tells when it has started, and leaves no connection open."""

    on_startup: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_startup()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # who does not read its answer would keep it open
        await asyncio.sleep(0)


def _server(app: Any, protocol: type[HttpToolsProtocol]) -> _Server:
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    return _Server(config)


def api_url(root: str) -> str:
    """The base URL of the API below the server's own."""
    return f"{root}{BASE_PATH}"
