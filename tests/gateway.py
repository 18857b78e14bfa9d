"""A gateway before a target, which may be away for a while."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

Away = Literal["refuses", "drops", "502", "hangs"]

_PAGE = b"<html><h1>502 Bad Gateway</h1></html>"
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + _PAGE


class Gateway:
    """Forwards the bytes of each connection to the port behind it. `asked`: how many requests have come so far.

    `loses`: of so many cancel-alls it loses the answer to the last, which has been done; 0: of none.
    """

    def __init__(self, behind: int, loses: int = 0) -> None:
        self.asked = 0
        self._loses = loses
        self._cancels = 0
        self.port = 0
        self._behind = behind
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self._forward: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]] = self._pass

    def go(self, away: Away) -> None:
        """Break off every connection, with whatever is under way on it, and serve no more.

        refuses: it accepts no connection; drops: it closes each at once; 502: it answers each request so. hangs:
        nothing passes, and it breaks off every connection when it comes back.
        """
        self._do(self._go(away))

    def come_back(self) -> None:
        """Serve as before."""
        self._forward = self._pass
        if not self._passing.is_set():
            self._do(self._wake_up())
        if self._server is None:
            self._do(self._listen())

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            self._do(self._listen())
            yield
        finally:
            self._do(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _go(self, away: Away) -> None:
        if away == "hangs":
            self._passing.clear()
            return
        if away == "refuses" and self._server is not None:
            self._server.close()
            self._server = None
        self._forward = self._answer_502 if away == "502" else self._drop
        for writer in list(self._open):
            writer.transport.abort()

    async def _end(self) -> None:
        await self._go("refuses")
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _wake_up(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()
        self._passing.set()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._forward(reader, writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._behind)
        self._open.add(forth)
        try:
            lost = asyncio.Event()
            await asyncio.gather(self._pass_requests(reader, forth, lost), self._pass_answers(back, writer, lost))
        finally:
            self._open.discard(forth)
            forth.transport.abort()

    async def _pass_requests(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, lost: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await source.read(2**16):
                self.asked += b" HTTP/1.1\r\n" in data
                if self._loses and data.startswith(b"DELETE "):
                    self._cancels += 1
                    if self._cancels % self._loses == 0:
                        lost.set()
                await self._passing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()

    async def _pass_answers(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, lost: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await source.read(2**16):
                await self._passing.wait()
                if lost.is_set():
                    sink.transport.abort()
                    break
                sink.write(data)
                await sink.drain()
        sink.close()

    async def _drop(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async def _answer_502(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_BAD_GATEWAY)
        await writer.drain()
        writer.write_eof()
        await reader.read()  # until the other side has closed it: to abort now might take the answer back


@contextmanager
def gateway(behind: int, loses: int = 0) -> Iterator[Gateway]:
    """A gateway before this port, on a port of its own. `loses` as it has it."""
    made = Gateway(behind, loses)
    with made.served():
        yield made
