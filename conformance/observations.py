"""What one check saw: about its own requirements, and about others in passing."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from conformance.evidence import Exchange
from conformance.verdict import Breach, Violation, all_changed


class Lapse(NamedTuple):
    """A list that left out, or showed otherwise, what lists before and after it show.

    `about`: the requirements that the list is about, the likeliest first.
    """

    about: tuple[str, ...]
    violation: Violation


class Observations:
    """Collects what is seen in all answers while one check runs.

    A breach of a requirement that the check verifies is raised, so that Hypothesis can shrink it. Any other breach is
    noted: the check goes on, but the requirement of the breach has failed.
    """

    def __init__(self, verifies: Iterable[str] = ()) -> None:
        self.verifies = frozenset(verifies)
        self.saw: Counter[str] = Counter()
        self.in_passing: dict[str, Violation] = {}
        self.doubts: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.covered: dict[str, set[Hashable]] = {}
        self.lapses: list[Lapse] = []
        self.lists = 0  # that were held against what lists before them had shown

    def count(self, saw: Mapping[str, int]) -> None:
        """Add the numbers of things that were tested and found right, by requirement."""
        self.saw.update(saw)

    def report(self, breaches: Iterable[Breach], *evidence: Exchange, raising: bool = False) -> None:
        """Note each breach. Then raise the first one of the check's own requirements as a Violation.

        `evidence`: the exchanges that show them, unless a breach has its own.

        `raising`: raise the first of all. A breach of another requirement is noted only if it is certain, since the
        check cannot look at it again.
        """
        own: Violation | None = None
        breaches = list(breaches)
        changed: dict[str | None, list[tuple[str, ...]]] = {}
        for breach in breaches:
            changed.setdefault(breach.requirement, []).append(breach.changed)
        together = {requirement: all_changed(*each) for requirement, each in changed.items()}
        for breach in breaches:
            breach = breach._replace(changed=together[breach.requirement])  # one of them is shown for all
            violation = Violation(breach, *(breach.exchanges or evidence))
            if own is None and (raising or breach.requirement is None or breach.requirement in self.verifies):
                own = violation
            elif (
                breach.requirement and breach.certain and (own is None or breach.requirement != own.breach.requirement)
            ):
                self._note(breach.requirement, violation)
        if own:
            raise own

    def _note(self, id: str, violation: Violation) -> None:
        """Keep the first violation of a requirement, which stands for all that come later."""
        first = self.in_passing.setdefault(id, violation)
        first.breach = first.breach._replace(changed=all_changed(first.breach.changed, violation.breach.changed))

    def lapse(self, about: Sequence[str], breach: Breach, *evidence: Exchange) -> None:
        """Note a list that contradicts those before and after it. Which requirement that breaks, all lapses tell."""
        self.lapses.append(Lapse(tuple(about), Violation(breach._replace(exchanges=()), *evidence)))

    def doubt(self, reason: str, requirement: str | None = None) -> None:
        """Note that a requirement could not be judged. None: all that the check verifies."""
        for id in self.verifies if requirement is None else (requirement,):
            self.doubts.setdefault(id, reason)

    def note(self, requirement: str, what: str) -> None:
        """Note how a requirement was judged. The report shows the note."""
        self.notes[requirement] = what

    def cover(self, what: str, item: Hashable) -> None:
        """Note that this was asked or done: an item of what a run is to cover."""
        self.covered.setdefault(what, set()).add(item)

    def adopt(self, earlier: "Observations") -> None:
        """Take over what was seen during the set-up for this check."""
        self.saw.update(earlier.saw)
        for id, violation in earlier.in_passing.items():
            self._note(id, violation)
        self.doubts |= earlier.doubts
        self.notes |= earlier.notes
        self.lapses += earlier.lapses
        self.lists += earlier.lists
        for what, items in earlier.covered.items():
            self.covered.setdefault(what, set()).update(items)
