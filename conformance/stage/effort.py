"""How much a run tries."""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

# How many times as much is raced and read while exploring, and how many times as many examples are drawn.
_MORE = 3
_MORE_EXAMPLES = 5

_EARLIER_S = 16 * 3600


@dataclass(frozen=True, slots=True)
class Effort:
    """What a gate has time for; more while `exploring`, which ends at `until` on the monotonic clock.

    `earlier_s`: how much older large sets of live orders are than in a plain run, so that they hardly ever lie among
    those of another round: lists could not show all of both.
    """

    exploring: bool = False
    until: float | None = None
    earlier_s: int = 0

    @classmethod
    def to_explore(cls, until: float | None = None) -> "Effort":
        """That of a new exploring round."""
        return cls(exploring=True, until=until, earlier_s=random.randrange(_EARLIER_S))  # noqa: S311 - no secret

    def times(self, count: int) -> int:
        """How often to do what a plain run does so many times."""
        return count * _MORE if self.exploring else count

    @property
    def times_as_many_examples(self) -> int:
        """How many times as many examples are drawn as a check declares."""
        return _MORE_EXAMPLES if self.exploring else 1

    def time_is_up(self) -> bool:
        """Whether the time for exploring is over."""
        return self.until is not None and time.monotonic() > self.until

    def repeated(self, items: Sequence[Item]) -> Iterator[Item]:
        """The items in turn; while exploring several times over, until its time is up."""
        return self.while_time_lasts([*items] * self.times(1))

    def while_time_lasts(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items in turn, the first in any case, until the time for exploring is up."""
        for number, item in enumerate(items):
            if number and self.time_is_up():
                return
            yield item


PLAIN = Effort()
