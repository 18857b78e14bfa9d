"""Serves hostile targets, each on a port of its own, all of them in one thread."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

# Made for 127.0.0.1 and signed by itself, with its key: good for nothing but to be refused.
CERTIFICATE = Path(__file__).parent / "self_signed.pem"


@dataclass(frozen=True, slots=True)
class Request:
    """What a target was asked. `headers` by their names in lower case; `number` counts its requests, from 1."""

    method: str
    path: str
    headers: Mapping[str, str]
    number: int


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hostile:
    """One target, and what a run against it has to come to.

    `answer`: None where nobody listens. `exits`: the codes that are right. `cause`: a pattern of what the summary says.
    `profile`: more of a profile, where a bare URL is not enough to provoke it.
    """

    answer: Answer | None
    exits: tuple[int, ...]
    cause: str
    tls: bool = False
    profile: str = ""


@contextmanager
def serving(targets: Mapping[str, Hostile]) -> Iterator[dict[str, str]]:
    """The base URL of each target, by its name; they are served until the end of the block."""
    urls: dict[str, str] = {}
    up = threading.Event()
    house = _House(targets)
    thread = threading.Thread(target=lambda: asyncio.run(house.serve(urls, up)))
    thread.start()
    try:
        assert up.wait(10), "the hostile targets were not up within 10 s"
        yield urls
    finally:
        house.close()
        thread.join()


@dataclass
class _House:
    targets: Mapping[str, Hostile]
    loop: asyncio.AbstractEventLoop = field(init=False)
    closing: asyncio.Event = field(init=False)

    async def serve(self, urls: dict[str, str], up: threading.Event) -> None:
        self.loop, self.closing = asyncio.get_running_loop(), asyncio.Event()
        self.loop.set_exception_handler(lambda *_: None)  # a handshake that failed is what was wanted
        servers = []
        for name, target in self.targets.items():
            listening = socket.create_server(("127.0.0.1", 0))
            urls[name] = f"{'https' if target.tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}/api/v1"
            if target.answer is None:
                listening.close()
                continue
            answering = _answering(target.answer)
            servers.append(await asyncio.start_server(answering, sock=listening, ssl=_tls() if target.tls else None))
        up.set()
        await self.closing.wait()
        for server in servers:
            server.close()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.closing.set)


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def _answering(answer: Answer) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    numbers = iter(range(1, 1_000_000))

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                line, *lines = head.split("\r\n")
                headers = dict(_headers(lines))
                await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = line.split(" ")
                await answer(Request(method, path, headers, next(numbers)), writer)
                await writer.drain()
        with suppress(OSError):
            writer.close()

    return handle


def _headers(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(": ")
        if colon:
            yield name.lower(), value
