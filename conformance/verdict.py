"""Verdicts, and every way in which a check does not pass.

| what happened | what is raised | how the check ends |
|---|---|---|
| the documents forbid what came | `Violation` | violated |
| the answer, or the time around it, does not tell | `Inconclusive` | inconclusive |
| a list is asked for and what comes is none, which is a violation by itself | `NoList` | inconclusive |
| a field of a record cannot be read, which is a violation by itself | `Unread` | inconclusive |
| what the profile says of its driver, or of markets, is not so | `Misfit` | inconclusive |
| a 4xx came where the request was good | `Rejected` | inconclusive |
| a 503 came through all retries | `Busy` | inconclusive |
| no whole answer came | `Unreachable` | inconclusive |
| the target, or the profile, does not let the driver do it | `DriverRefused` | not exercised |
| what the check needs has not been seen | `NotObserved` | not exercised |
| the suite itself says no: harm, or two users mixed up | `Declined` | declined, and the run ends with exit 2 |

All but the first are siblings under `CannotJudge`, and each has its ending with it. Anything else that is raised is the
suite's own crash.
"""

from enum import IntEnum
from typing import ClassVar, Literal, NamedTuple

from conformance.evidence import Exchange

Ending = Literal["passed", "violated", "inconclusive", "not exercised", "declined", "crashed"]


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
    unless it is `excusable`: the market itself, by a trade, would explain it. `exchanges`: those that show it, where
    the rule knows them. `changed`: what an order became from one look at it to another, as `changes` has it, if that is
    all that is wrong: whatever was done to it in between may have done so.
    """

    want: str
    got: str
    requirement: str | None = None
    certain: bool = True
    excusable: bool = False
    exchanges: tuple[Exchange, ...] = ()
    changed: tuple[str, ...] = ()


def all_changed(*each: tuple[str, ...]) -> tuple[str, ...]:
    """What several breaches together tell as `changed`: nothing, if one of them is more than a change."""
    return tuple(sorted(set().union(*each))) if all(each) else ()


class Violation(AssertionError):
    """A breach, and the exchanges that show it, in the order in which they happened."""

    def __init__(self, breach: Breach, *evidence: Exchange) -> None:
        super().__init__(f"want {breach.want}; got {breach.got}")
        self.breach = breach
        self.evidence = evidence


class CannotJudge(Exception):
    """Nothing could be judged. `ending`: how a check ends that raises it."""

    ending: ClassVar[Ending]


class Inconclusive(CannotJudge):
    """The answer, or the time around it, does not tell: say, somebody else changed what was being judged."""

    ending = "inconclusive"


class NoList(Inconclusive):
    """The answer to a list is none, so that it shows no order. That it is none is a violation of its own."""


class Unread(Inconclusive):
    """A field of a record cannot be read, which is a violation of its own. Nothing else can be said of that field."""


class Misfit(Inconclusive):
    """What the profile says of its driver, or of markets, is not so: nobody has to look for the mistake in the target.

    `perhaps_done`: what was asked for may have been done all the same.
    """

    def __init__(self, words: str, *, perhaps_done: bool = False) -> None:
        super().__init__(words)
        self.perhaps_done = perhaps_done


class Rejected(CannotJudge):
    """A request that was good was answered with a 4xx."""

    ending = "inconclusive"


class Busy(CannotJudge):
    """The exchange answered 503 as often as it was asked."""

    ending = "inconclusive"

    def __init__(self, words: str, *evidence: Exchange) -> None:
        super().__init__(words)
        self.evidence = evidence


class Unreachable(CannotJudge):
    """No whole answer came back. Carries the exchange as far as it went.

    `dropped`: the peer closed the connection before all of the answer had come: it may have done what was asked.
    `stale`: nothing of the answer had come, and the connection had served another request.
    """

    ending = "inconclusive"

    def __init__(self, exchange: Exchange, dropped: bool = False, stale: bool = False) -> None:
        super().__init__(f"{exchange.method} {exchange.url}: {exchange.problem}")
        self.exchange = exchange
        self.dropped = dropped
        self.stale = stale


class DriverRefused(CannotJudge):
    """The target, or the profile, does not let the driver do what was asked. Carries the target's words.

    `status`: what it answered, if it is the target that refuses.
    """

    ending = "not exercised"

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status

    @property
    def perhaps_done(self) -> bool:
        """Whether the answer was a 5xx, which does not say that nothing was done."""
        return self.status is not None and self.status >= 500


class NotObserved(CannotJudge):
    """What the check needs has not been seen."""

    ending = "not exercised"


class Declined(CannotJudge):
    """The suite does not go on: it would cancel live orders that this run did not place, or mix up two users."""

    ending = "declined"
