"""The embedded reference exchange: a second reading of the documents, which knows nothing of the first."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import tomli_w
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conformance.sandbox.clock import Clock
from conformance.sandbox.credentials import Gatekeeper
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import Face
from conformance.sandbox.profile import MARKETS, profile_document
from conformance.sandbox.queue import SIZE, EngineQueue
from conformance.sandbox.records import Market
from conformance.sandbox.server import Served, api_url, in_thread, listen, until_stopped

__all__ = ["ACCOUNTS", "SIZE", "Clock", "EngineQueue", "Exchange", "Face", "Gatekeeper", "Sandbox", "Served"]

ACCOUNTS = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")


class Sandbox:
    """An exchange with two accounts and their credentials, or with two for each of several lanes, ready to be served.

    `seed` makes its credentials, and what it leaves to chance, the same every time. `queue_size`, `service_ms`: of the
    queue before its engine. `accounts`: further ones, in no lane. What it is made of can be replaced in a class derived
    from it.
    """

    lanes = 1
    exchange_class: type[Exchange] = Exchange
    face_class: type[Face] = Face
    gatekeeper_class: type[Gatekeeper] = Gatekeeper
    clock_class: type[Clock] = Clock
    protocol: type[HttpToolsProtocol] = HttpToolsProtocol  # how it speaks HTTP
    queue_class: type[EngineQueue] = EngineQueue
    settle_ms = 500  # it shows at once what was placed: the time is for the machine
    consistency_ms = 0

    def __init__(
        self,
        seed: int | None = None,
        *,
        lanes: int | None = None,
        queue_size: int = SIZE,
        service_ms: float = 0.0,
        accounts: Sequence[str] = (),
    ) -> None:
        names = ACCOUNTS[: 2 * (lanes or self.lanes)]
        self._paired = len(names)
        self.gatekeeper = self.gatekeeper_class(dict.fromkeys((*names, *accounts)), seed)
        self.exchange = self.exchange_class([_market(*market) for market in MARKETS], self.clock_class(), seed)
        queue = self.queue_class(queue_size, service_ms / 1000)
        self.face = self.face_class(self.exchange, self.gatekeeper, queue)

    @property
    def app(self) -> ASGIApp:
        """What is served."""
        return self.face.app

    def profile(self, root: str, base_url: str) -> dict[str, Any]:
        """The profile of this sandbox, served below `root`, as a TOML document."""
        document = profile_document(root, base_url, self.gatekeeper.keys, self._paired)
        document["target"] |= {"settle_ms": self.settle_ms, "consistency_ms": self.consistency_ms}
        return document

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[Served]:
        """Serve on 127.0.0.1 in a thread while the context lasts; port 0 takes a free one. Raises OSError."""
        listening, root = listen(port)
        with in_thread(self.app, listening, self.protocol):
            yield self._served(root)

    def serve_forever(self, port: int, on_ready: Callable[[Served], None], app: ASGIApp | None = None) -> None:
        """Serve `app`, or the sandbox, until Ctrl-C or SIGTERM, telling where once it listens. Raises OSError."""
        listening, root = listen(port)
        until_stopped(app or self.app, listening, lambda: on_ready(self._served(root)), self.protocol)

    def _served(self, root: str) -> Served:
        base_url = api_url(root)
        return Served(base_url, tomli_w.dumps(self.profile(root, base_url)))


def _market(symbol: str, buy: str, _sell: str, quantity: str) -> Market:
    """The tick is one unit of the price's last decimal, the lot a tenth of the safe quantity."""
    exponent = Decimal(buy).as_tuple().exponent
    return Market(symbol, Decimal(1).scaleb(int(exponent)), Decimal(quantity) / 10)
