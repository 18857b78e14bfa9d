"""Who sent what when: the exchanges of a finding as a sequence diagram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_TOP = 44
_STEP = 20  # from one line to the next
_LANE = 70  # from an account to the next

# Labels stand beside the lines, in a column of their own, so short that a telephone has room for both.
_LABEL = 26  # characters
_FIRST = _LABEL * 7 + 44  # 12 px of a monospaced font, and half a name
_NAME = 9  # characters that fit over a lane


@dataclass(frozen=True, slots=True)
class Arrow:
    """A request that leaves an account at `y` and is answered at `answered_y`; in pixels. `label` and `answer` may be
    longer than there is room for; `asked` is what is shown of the label.
    """

    x: int
    y: int
    answered_y: int
    label: str
    answer: str
    bad: bool

    @property
    def asked(self) -> str:
        """The label, cut to the column that it stands in."""
        return _cut(self.label, _LABEL)


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
        return "; ".join(told)

    @property
    def target_x(self) -> int:
        """Where the target stands."""
        return self.lifelines[-1][1]

    @property
    def names(self) -> list[tuple[str, int]]:
        """What stands over the lifelines."""
        return [(_cut(name, _NAME), x) for name, x in self.lifelines]

    def _who(self, arrow: Arrow) -> str:
        return next(name for name, x in self.lifelines if x == arrow.x)


def diagram(exchanges: Sequence[Mapping[str, Any]], target: str) -> Diagram | None:
    """A line for each moment at which something was sent or came back, in their order; None for less than two requests.

    Exchanges as they stand in results.json.
    """
    if len(exchanges) < 2:
        return None
    accounts = list(dict.fromkeys(exchange["account"] for exchange in exchanges))
    lifelines = tuple((name, _FIRST + number * _LANE) for number, name in enumerate([*accounts, target]))
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
            label=f"{number + 1} · {_asked(exchange)}  +{(exchange['sent_at'] - started) * 1000:.0f} ms",
            answer=f"{number + 1} · {_answered(exchange)}",
            bad=exchange["status"] is None or exchange["status"] >= 500,
        )
        for number, exchange in enumerate(exchanges)
    )
    return Diagram(
        lifelines, arrows, _FIRST + len(accounts) * _LANE + _LANE // 2, _TOP + (2 * len(exchanges) + 1) * _STEP
    )


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


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
