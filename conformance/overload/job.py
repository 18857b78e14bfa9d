"""One request of an overload as data: it may be sent from here, or by a worker on another machine."""

import time
from dataclasses import dataclass

from conformance.account.account import EVERYTHING
from conformance.account.ticket import Ticket
from conformance.oracle.ledger import Entry, Kind
from conformance.orders import Query
from conformance.wire.signer import Credential


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for. `account`: its name. `symbol`: of a cancel-all, None for all markets. `query`: of a list.

    `ticket`: of an order, and its `number` in the journal.
    """

    account: str
    kind: Kind
    phase: str
    symbol: str | None = None
    credential: Credential | None = None
    query: Query = EVERYTHING
    ticket: Ticket | None = None
    number: int = 0

    def begun(self) -> Entry:
        """The request as the ledger has it while it is under way."""
        now = time.monotonic()
        symbol, looks = (self.symbol, None) if self.ticket is None else (self.ticket.symbol, self.ticket.looks)
        return Entry(self.account, self.kind, self.phase, now, now, "unknown", symbol=symbol, looks=looks)
