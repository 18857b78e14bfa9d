"""One request and its answer, as they may be shown: secrets are replaced before an exchange is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back. Times in ms; `sent_at` in UNIX seconds of our own clock.

    `status` is None when no answer came; `problem` then says why. Long bodies are cut. `operation`: the name of the
    documented operation that was asked for, if any. `forged`: what its credentials are, where they are not good ones.
    """

    account: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str
    sent_at: float
    elapsed_ms: float
    problem: str | None = None
    operation: str | None = None
    forged: str | None = None

    @property
    def came_at(self) -> float:
        """When the answer had come, or it was clear that none would: UNIX seconds of our own clock."""
        return self.sent_at + self.elapsed_ms / 1000

    def header(self, name: str) -> str:
        """A header of the answer, whatever its case; empty where there is none."""
        return next((value for key, value in self.response_headers.items() if key.lower() == name), "")

    def __str__(self) -> str:
        lines = [f"{self.account}: {self.method} {self.url}{f' with {self.forged}' if self.forged else ''}"]
        if self.request_body:
            lines.append(f"  > {self.request_body}")
        if self.status is None:
            lines.append(f"  no answer: {self.problem}")
        else:
            lines.append(f"  {self.status} in {self.elapsed_ms:.0f} ms")
            lines.append(f"  < {self.response_body}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The exchange as a JSON object."""
        return {
            "account": self.account,
            "method": self.method,
            "url": self.url,
            "request_headers": dict(self.request_headers),
            "request_body": self.request_body,
            "status": self.status,
            "response_headers": dict(self.response_headers),
            "response_body": self.response_body,
            "sent_at": self.sent_at,
            "elapsed_ms": round(self.elapsed_ms, 1),
            "problem": self.problem,
            "operation": self.operation,
            "forged": self.forged,
        }
