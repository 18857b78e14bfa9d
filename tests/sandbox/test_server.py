"""How the sandbox is served in a thread."""

import gc
import socket
from contextlib import ExitStack

import pytest

from conformance.sandbox.server import in_thread, listen

REQUEST = b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n"


async def endless(_: object, __: object, send: object) -> None:
    """An answer that is longer than what a connection holds on its way."""
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b" " * 2**25})  # type: ignore[operator]


@pytest.mark.filterwarnings("error")
def test_who_does_not_read_the_answer_keeps_no_connection_open() -> None:
    """Python warns of a connection that is dropped without having been closed."""
    listening, root = listen(0)
    with ExitStack() as calling:
        with in_thread(endless, listening):
            caller = calling.enter_context(socket.create_connection(("127.0.0.1", int(root.rpartition(":")[2]))))
            caller.sendall(REQUEST)
            assert caller.recv(1)
        gc.collect()
