"""How far an overload may go."""

from dataclasses import dataclass

from conformance.profile import Target


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most requests in bursts, requests at once, requests a second on average, seconds of load, and orders.

    `recover_s`: how long after the load cancel-alls are tried until one succeeds. `watch_s`: how long, besides
    settle_ms, orders then have to stay live, since a cancel-all that was refused may come late.
    """

    requests: int
    at_once: int
    per_second: float
    seconds: float
    orders: int
    recover_s: float
    watch_s: float = 4

    def told(self, target: Target, accounts: int) -> str:
        """The bounds in one line."""
        rate = min(self.per_second, target.max_requests_per_second or self.per_second)
        who = "1 account" if accounts == 1 else f"{accounts} accounts"
        return (
            f"at most {self.requests} requests in bursts, {self.at_once} at once, {rate:g} a second on average, within"
            f" {self.seconds:g} s, and {self.orders} orders, in {who}; then up to {self.recover_s:g} s to recover, and"
            f" {self.watch_s:g} s to watch"
        )
