"""What a profile says about a target, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from conformance.exits import WrongUsage
from conformance.profile.secrets import Secret
from conformance.profile.template import Action

__all__ = [
    "AccountProfile",
    "Action",
    "DriverProfile",
    "Environment",
    "LaneNames",
    "Market",
    "Profile",
    "ProfileError",
    "Target",
]

Environment = Literal["mock", "staging", "production"]

_LONGEST_PART = 300  # characters of a path, a key or a sentence; more would hide the rest of the line


class ProfileError(WrongUsage):
    """The profile cannot be used. The message is one line: the file, the key, what is wrong and what to try."""

    def __init__(self, what: str, key: str = "", source: str = "") -> None:
        self.what, self.key, self.source = what, key, source
        super().__init__(": ".join(_one_line(part) for part in (source, key, what) if part))


@dataclass(frozen=True, slots=True)
class Target:
    """Where the target is, and what a run may do there. `base_url` does not end with a slash.

    `settle_ms`: how long a placed order, or its trades, may take until lists show them. `consistency_ms`: how long
    after a cancel-all, or another change, lists may still show the state before it. `disposable`: the accounts hold
    nothing that must be kept. `max_orders`: how many orders a run may place.
    """

    name: str
    base_url: str
    environment: Environment | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_bundle: str | None = None
    proxy: str | None = field(default=None, repr=False)
    max_requests_per_second: float | None = None
    settle_ms: int = 2000
    consistency_ms: int = 0
    disposable: bool = False
    max_orders: int | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether the target is on this machine: localhost, 127.0.0.0/8 or ::1."""
        host = urlsplit(self.base_url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """An account: a JWT, or an API key with its secret, or both. `name` replaces `{account}` in driver requests."""

    name: str
    jwt: Secret | None = None
    api_key: Secret | None = None
    api_secret: Secret | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The credentials that are given."""
        return tuple(secret for secret in (self.jwt, self.api_key, self.api_secret) if secret is not None)


class LaneNames(NamedTuple):
    """The keys of two accounts that are used together. None: there is no bystander, and nobody to trade with."""

    caller: str
    other: str | None


@dataclass(frozen=True, slots=True)
class Market:
    """A market, prices at which an order stays open, and a safe quantity. All are multiples of `tick` or `lot`."""

    symbol: str
    resting_buy: Decimal
    resting_sell: Decimal
    quantity: Decimal
    tick: Decimal
    lot: Decimal

    def rests(self, side: str, price: Decimal | None) -> bool:
        """Whether an order of this side at this price stays open."""
        return price is not None and (price <= self.resting_buy if side == "buy" else price >= self.resting_sell)

    @property
    def has_a_spread(self) -> bool:
        """Whether there is a price between the resting ones: what trades there meets no order that rests."""
        return self.resting_sell - self.resting_buy >= 2 * self.tick


@dataclass(frozen=True, slots=True)
class DriverProfile:
    """The requests that bring the target into a state. None: the profile gives no such request."""

    place: Action | None = None
    cancel: Action | None = None
    inject: Action | None = None
    fault: Action | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole profile. The first lane is `accounts.caller` with `accounts.other`, if the profile has that account.

    `checks`: a folder of private checks. `from_bare_url`: only a URL was given. Nobody has said what the target is, so
    a run only reads there, unless the target is on this machine.
    """

    target: Target
    accounts: Mapping[str, AccountProfile]
    lanes: tuple[LaneNames, ...]
    markets: tuple[Market, ...] = ()
    driver: DriverProfile = DriverProfile()
    from_bare_url: bool = False
    checks: Path | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Everything that must never be shown."""
        password = urlsplit(self.target.proxy or "").password
        own = (Secret(password), Secret(unquote(password))) if password else ()
        return (*own, *(secret for account in self.accounts.values() for secret in account.secrets))


def _one_line(text: str) -> str:
    """The text on one line, without control characters. Names and messages of others may contain both."""
    line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in " ".join(text.split()))
    return line if len(line) <= _LONGEST_PART else f"{line[:_LONGEST_PART]}…"
