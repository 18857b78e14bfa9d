"""Who sent what when: the exchanges of a finding as a sequence diagram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_TOP = 44
_STEP = 26  # from one line to the next
_LANE = 210  # from an account to the next


@dataclass(frozen=True, slots=True)
class Arrow:
    """A request that leaves an account at `y` and is answered at `answered_y`; in pixels."""

    x: int
    y: int
    answered_y: int
    label: str
    answer: str
    bad: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """Lifelines (a name and where it stands, in pixels; the target's is the last) and the arrows between them."""

    lifelines: tuple[tuple[str, int], ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int

    @property
    def says(self) -> str:
        """The same in words, for who cannot see it."""
        told = (f"{self._who(arrow)}: {arrow.label}, {arrow.answer}" for arrow in self.arrows)
        return "; then ".join(told)

    @property
    def target_x(self) -> int:
        """Where the target stands."""
        return self.lifelines[-1][1]

    def _who(self, arrow: Arrow) -> str:
        return next(name for name, x in self.lifelines if x == arrow.x)


def diagram(exchanges: Sequence[Mapping[str, Any]], target: str) -> Diagram | None:
    """A line for each moment at which something was sent or came back, in their order; None for less than two requests.

    Exchanges as they stand in results.json.
    """
    if len(exchanges) < 2:
        return None
    accounts = list(dict.fromkeys(exchange["account"] for exchange in exchanges))
    lifelines = tuple((name, 70 + number * _LANE) for number, name in enumerate([*accounts, target]))
    x_of = dict(lifelines)
    sent = [(exchange["sent_at"], number, "sent") for number, exchange in enumerate(exchanges)]
    came = [
        (exchange["sent_at"] + exchange["elapsed_ms"] / 1000, number, "came")
        for number, exchange in enumerate(exchanges)
    ]
    y_of = {(number, what): _TOP + row * _STEP for row, (_, number, what) in enumerate(sorted([*sent, *came]), start=1)}
    started = exchanges[0]["sent_at"]
    arrows = tuple(
        Arrow(
            x=x_of[exchange["account"]],
            y=y_of[number, "sent"],
            answered_y=y_of[number, "came"],
            label=f"{number + 1}. {_asked(exchange)}  +{(exchange['sent_at'] - started) * 1000:.0f} ms",
            answer=f"{number + 1}. {_answered(exchange)}",
            bad=exchange["status"] is None or exchange["status"] >= 500,
        )
        for number, exchange in enumerate(exchanges)
    )
    return Diagram(lifelines, arrows, 140 + len(accounts) * _LANE, _TOP + (2 * len(exchanges) + 1) * _STEP)


def _asked(exchange: Mapping[str, Any]) -> str:
    path, query = urlsplit(exchange["url"])[2:4]
    if exchange.get("operation") is None:
        return f"{exchange['method']} {path.rpartition('/')[2]}"
    query = query.partition("&timestamp=")[0]
    return f"{exchange['method']} {'?' + query if query and not query.startswith('timestamp=') else ''}".strip()


def _answered(exchange: Mapping[str, Any]) -> str:
    if exchange["status"] is None:
        return "no answer"
    return f"{exchange['status']} in {exchange['elapsed_ms']:.0f} ms"
