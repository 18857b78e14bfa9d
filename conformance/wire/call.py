"""A request, before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be sent. `query` is sent byte for byte. `account`: the name of the account, for the evidence.

    `operation`: the name of the documented operation, if it is one. `forged`: what is wrong with the credentials, if
    they are wrong on purpose. `repeatable`: it is sent again where the target drops it. Fields that can contain a
    credential are not in the repr, since a traceback shows it.
    """

    account: str
    method: str
    url: str
    query: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    operation: str | None = None
    forged: str | None = None
    repeatable: bool = True

    @property
    def whole_url(self) -> str:
        """The URL with its query."""
        return f"{self.url}?{self.query}" if self.query else self.url

    @property
    def root(self) -> "Call":
        """A bare request to the same server: whatever is answered, somebody is there."""
        parts = urlsplit(self.url)
        return Call(self.account, "GET", f"{parts.scheme}://{parts.netloc}/")


@lru_cache(128)
def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port. Credentials are only sent to the origin of the target."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


@dataclass(slots=True)
class Came:
    """What came back for a request. `problem`: why it is not a whole answer."""

    sent_at: float
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    problem: str | None = None
    dropped: bool = False
    stale: bool = False
    refused: bool = False
