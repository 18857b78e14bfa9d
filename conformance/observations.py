"""What one check saw: of its own requirements, and of others in passing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from conformance.evidence import Exchange
from conformance.verdict import Breach, Violation


class Observations:
    """Gathers what flows by while one check runs.

    A breach of what the check verifies is raised, so that Hypothesis can shrink it. Any other is noted in passing:
    the check goes on, and the requirement that the breach names has failed all the same.
    """

    def __init__(self, verifies: Iterable[str] = ()) -> None:
        self.verifies = frozenset(verifies)
        self.saw: Counter[str] = Counter()
        self.in_passing: dict[str, Violation] = {}
        self.doubts: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.covered: defaultdict[str, set[str]] = defaultdict(set)

    def count(self, saw: Mapping[str, int]) -> None:
        """Add what was judged and found right, by requirement."""
        self.saw.update(saw)

    def report(self, breaches: Iterable[Breach], *evidence: Exchange, raising: bool = False) -> None:
        """Note each breach; then raise the first of the check's own (`raising`: the first of all) as a Violation.

        A breach of something else is noted only where it is certain: the check has no way to look at it again.
        """
        own: Violation | None = None
        for breach in breaches:
            violation = Violation(breach, *evidence)
            if own is None and (raising or breach.requirement is None or breach.requirement in self.verifies):
                own = violation
            elif breach.requirement and breach.certain:
                self.in_passing.setdefault(breach.requirement, violation)
        if own:
            raise own

    def doubt(self, reason: str, requirement: str | None = None) -> None:
        """Note that a requirement (None: each that the check verifies) could not be judged."""
        for id in self.verifies if requirement is None else (requirement,):
            self.doubts.setdefault(id, reason)

    def note(self, requirement: str, what: str) -> None:
        """Say how a requirement was judged, where the report should tell."""
        self.notes[requirement] = what

    def cover(self, kind: str, cell: str) -> None:
        """Note that this cell of a table was asked for; `kind` names the table."""
        self.covered[kind].add(cell)

    def adopt(self, earlier: "Observations") -> None:
        """Take over what was seen while things were set up for this check."""
        self.saw.update(earlier.saw)
        for id, violation in earlier.in_passing.items():
            self.in_passing.setdefault(id, violation)
        self.doubts |= earlier.doubts
        self.notes |= earlier.notes
        for kind, cells in earlier.covered.items():
            self.covered[kind] |= cells
