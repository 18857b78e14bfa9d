"""What a tester must know of a target, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
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

_LONGEST_PART = 300  # characters of a path, a key or a sentence: a whole value pasted into one would bury the rest


class ProfileError(WrongUsage):
    """A profile that cannot be used: one line that names the file, the key, what is wrong and what to try."""

    def __init__(self, what: str, key: str = "", source: str = "") -> None:
        self.what, self.key, self.source = what, key, source
        super().__init__(": ".join(_one_line(part) for part in (source, key, what) if part))


@dataclass(frozen=True, slots=True)
class Target:
    """Where the target is, and how it may be treated. `base_url` has no slash at its end.

    `settle_ms`: how long a placed order may take to show. `consistency_ms`: how far a list may lag behind a cancel-all.
    `disposable`: its accounts hold nothing that anybody would miss. `max_orders`: how many a run may place at most.
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
        """Whether the target is on this very machine: localhost, 127.0.0.0/8 or ::1."""
        host = urlsplit(self.base_url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """An account, with a JWT, an API key with its secret, or all three. `name` is what `{account}` stands for."""

    name: str
    jwt: Secret | None = None
    api_key: Secret | None = None
    api_secret: Secret | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The credentials that are given."""
        return tuple(secret for secret in (self.jwt, self.api_key, self.api_secret) if secret is not None)


class LaneNames(NamedTuple):
    """The keys of two accounts that work together; a lane without `other` has no bystander and no counterparty."""

    caller: str
    other: str | None


@dataclass(frozen=True, slots=True)
class Market:
    """A market, prices at which an order rests there unfilled, and a safe quantity; multiples of `tick` and `lot`."""

    symbol: str
    resting_buy: Decimal
    resting_sell: Decimal
    quantity: Decimal
    tick: Decimal
    lot: Decimal


@dataclass(frozen=True, slots=True)
class DriverProfile:
    """How the target is brought into a state, as far as there is a way."""

    place: Action | None = None
    cancel: Action | None = None
    inject: Action | None = None
    fault: Action | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """All of a profile. The first lane is `accounts.caller` with `accounts.other`, if there is one.

    `from_bare_url`: nobody has said what the target is, so a run has to be careful there unless it is on this machine.
    """

    target: Target
    accounts: Mapping[str, AccountProfile]
    lanes: tuple[LaneNames, ...]
    markets: tuple[Market, ...] = ()
    driver: DriverProfile = DriverProfile()
    from_bare_url: bool = False

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that must never be shown."""
        password = urlsplit(self.target.proxy or "").password
        own = (Secret(password), Secret(unquote(password))) if password else ()
        return (*own, *(secret for account in self.accounts.values() for secret in account.secrets))


def _one_line(text: str) -> str:
    """Without line breaks, and without the codes that a terminal obeys: names and messages of others may hold both."""
    line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in " ".join(text.split()))
    return line if len(line) <= _LONGEST_PART else f"{line[:_LONGEST_PART]}…"
