"""The embedded reference exchange: a second reading of the documents, which knows nothing of the first."""

import contextlib
from collections.abc import Callable, Iterator
from decimal import Decimal

from conformance.sandbox.clock import Clock
from conformance.sandbox.credentials import Gatekeeper
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import Face
from conformance.sandbox.profile import MARKETS, profile_toml
from conformance.sandbox.records import Market
from conformance.sandbox.serving import Served, api_url, in_thread, listen, until_stopped

__all__ = ["Exchange", "Face", "Sandbox", "Served"]

ACCOUNTS = ("alice", "bob")


class Sandbox:
    """An exchange with two accounts and their credentials, ready to be served.

    `seed` makes its credentials, and what it leaves to chance, the same every time.
    """

    def __init__(
        self,
        exchange_class: type[Exchange] = Exchange,
        face_class: type[Face] = Face,
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        self.gatekeeper = Gatekeeper(ACCOUNTS, seed)
        self.exchange = exchange_class([_market(*market) for market in MARKETS], clock, seed)
        self.face = face_class(self.exchange, self.gatekeeper)

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[Served]:
        """Serve on 127.0.0.1 in a thread while the context lasts; port 0 takes a free one. Raises OSError."""
        listening, root = listen(port)
        with in_thread(self.face.app, listening):
            yield self._served(root)

    def serve_forever(self, port: int, on_ready: Callable[[Served], None]) -> None:
        """Serve until Ctrl-C or SIGTERM, telling where once it listens. Raises OSError."""
        listening, root = listen(port)
        until_stopped(self.face.app, listening, lambda: on_ready(self._served(root)))

    def _served(self, root: str) -> Served:
        base_url = api_url(root)
        return Served(base_url, profile_toml(root, base_url, self.gatekeeper.keys))


def _market(symbol: str, buy: str, _sell: str, quantity: str) -> Market:
    """The tick is one unit of the price's last decimal, the lot a tenth of the safe quantity."""
    exponent = Decimal(buy).as_tuple().exponent
    return Market(symbol, Decimal(1).scaleb(int(exponent)), Decimal(quantity) / 10)
