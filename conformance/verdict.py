"""Verdicts, and the two ways in which a check says that it did not pass."""

from enum import IntEnum
from typing import NamedTuple

from conformance.evidence import Exchange


class Verdict(IntEnum):
    """How a requirement stands. Ordered as in ISO/IEC 9646: `max` of several is the worst, and it never improves."""

    NONE = 0
    PASS = 1
    INCONCLUSIVE = 2
    FAIL = 3

    @property
    def word(self) -> str:
        """The verdict as reports spell it."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Verdict":
        """The verdict that a report spells `word`; KeyError if there is none."""
        return cls[word.upper()]


class Breach(NamedTuple):
    """What the documents forbid, not yet tied to the exchanges that show it. `want` and `got`: one short line each.

    `requirement` None means: whatever the check that looks verifies. A breach that is not `certain` rests on a snapshot
    that somebody else may have overtaken, so it has to be met again before it counts. Not met again it leaves a doubt,
    unless it is `excusable`: the market itself, by a trade, would explain it.
    """

    want: str
    got: str
    requirement: str | None = None
    certain: bool = True
    excusable: bool = False


class Violation(AssertionError):
    """A breach, and the exchanges that show it, in the order in which they happened."""

    def __init__(self, breach: Breach, *evidence: Exchange) -> None:
        super().__init__(f"want {breach.want}; got {breach.got}")
        self.breach = breach
        self.evidence = evidence


class Inconclusive(Exception):
    """The target could not be judged: it could not be reached, or someone else changed what was being judged."""
