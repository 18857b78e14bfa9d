"""Connections that limit the time and the size of each answer, headers included.

The libraries only limit the wait for the next byte. A target that sends one byte a second could hold up a run for
hours.
"""

import io
import time
from http.client import HTTPResponse
from socket import socket
from typing import Any, cast

from requests import Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

ANSWER_LIMIT = 8 * 2**20  # bytes on the wire: four times the longest body, since each chunk also has a length


class Unbounded(Exception):
    """An answer is longer than any correct answer of this API."""


def read_body(response: Response, limit: int) -> bytes:
    """The body of a response that is being read. Raises Unbounded where it is longer than so many bytes."""
    chunks, size = [], 0
    for chunk in response.iter_content(2**16):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise Unbounded(f"a body of more than {limit} bytes")
    return b"".join(chunks)


class BoundedAdapter(HTTPAdapter):
    """The whole answer must come within the read timeout, and within ANSWER_LIMIT bytes; else Unbounded is raised."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As it is, with bounded connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """As it is, with bounded connections."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Bounded(io.RawIOBase):
    """Reads from a socket. The timeout of the socket is the time for everything that is read, not for one byte."""

    def __init__(self, raw: io.RawIOBase, sock: socket) -> None:
        patience_s = sock.gettimeout()
        self._deadline = None if patience_s is None else time.monotonic() + patience_s
        self._raw = raw
        self._sock = sock
        self._left = ANSWER_LIMIT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            left_s = self._deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left_s)
        count = cast("int | None", self._raw.readinto(buffer))
        self._left -= count or 0
        if self._left < 0:
            raise Unbounded(f"an answer of more than {ANSWER_LIMIT} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Bounded(self.fp.detach(), sock))

    def begin(self) -> None:
        """Read the status and headers of the answer. What comes before it is none (RFC 9110, 15.2), as 103 Early Hints;
        the library knows 100 alone.
        """
        super().begin()
        while 101 < self.status < 200:
            self.headers = None  # type: ignore[assignment]
            super().begin()


class _Connection(HTTPConnection):
    response_class = _Response


class _TlsConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}
