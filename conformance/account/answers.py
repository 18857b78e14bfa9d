"""The answers to the two operations, where they could be read."""

from dataclasses import dataclass

from conformance.evidence import Exchange
from conformance.oracle.listing import Listing
from conformance.orders import Order, Query
from conformance.wire.signer import Credential


@dataclass(frozen=True, slots=True)
class Page:
    """A list's answer that could be read. `unread`: ids of its records that could not, as Records has them."""

    query: Query
    orders: tuple[Order, ...]
    exchange: Exchange
    credential: Credential
    unread: tuple[str | None, ...] = ()

    @property
    def listing(self) -> Listing:
        """The page, as the oracle takes it."""
        return Listing(self.query, self.orders, unread=self.unread)

    def __len__(self) -> int:
        return len(self.orders)


@dataclass(frozen=True, slots=True)
class Canceled:
    """A cancel-all's answer that could be read. Times by our clock, UNIX seconds.

    `tried_before`: a try before it was answered 503, or broke off. `rejected`: a 4xx said there is no such market.
    `unread`: ids of the records that could not be read, as Records has them.
    """

    symbol: str | None
    orders: tuple[Order, ...]
    exchange: Exchange
    tried_before: bool
    sent_at: float
    answered_at: float
    rejected: bool = False
    unread: tuple[str | None, ...] = ()
