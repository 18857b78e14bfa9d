"""What each thread has for itself."""

import threading

from conformance.wire.bounded import BoundedAdapter
from conformance.wire.counts import Purpose


class Own(threading.local):
    """Its connection, and what it sends for. `kept`: whether the connection has just brought an answer."""

    def __init__(self) -> None:
        self.connections = BoundedAdapter()
        self.purposes: tuple[Purpose, ...] = ()
        self.kept = False
