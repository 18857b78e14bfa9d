"""How a meaning is written down: small generator functions, each under the requirement that it judges."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, ParamSpec

from conformance import requirements
from conformance.verdict import Breach

P = ParamSpec("P")

RIGHT: Final = None
"""What a rule yields for one thing that it looked at and found as it should be, so that what was judged is counted."""

Sight = Breach | None
"""One thing looked at: RIGHT, or what is wrong with it."""


class NotDeclared(Exception):
    """A rule charges a requirement that it does not declare: a defect of the suite, not of the target."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """One function, the requirement that it judges, and those that it may charge as well."""

    requirement: str
    may_also: tuple[str, ...]
    look: Callable[P, Iterator[Sight]]

    @property
    def charges(self) -> tuple[str, ...]:
        """All requirements that a breach of this rule may stand under."""
        return (self.requirement, *self.may_also)


@dataclass(slots=True)
class Judgement:
    """What a rulebook saw: how many things it judged under each requirement, and what was wrong."""

    saw: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)

    def add(self, rule: Rule[...], sight: Sight) -> None:
        """Count one thing that the rule judged, or keep what was wrong with it.

        Raises NotDeclared for a breach of a requirement that the rule does not declare.
        """
        if sight is RIGHT:
            self.saw[rule.requirement] += 1
            return
        charged = sight.requirement or rule.requirement
        if charged not in rule.charges:
            name = f"{rule.look.__module__}.{rule.look.__qualname__}"
            raise NotDeclared(f"{name} charges {charged}; it declares {', '.join(rule.charges)} (see may_also)")
        self.breaches.append(sight._replace(requirement=charged))


class Rulebook(Generic[P]):
    """The rules over one kind of subject, in the order in which they were written."""

    def __init__(self) -> None:
        self.rules: list[Rule[P]] = []

    def rule(
        self, requirement: str, *, may_also: Sequence[str] = ()
    ) -> Callable[[Callable[P, Iterator[Sight]]], Callable[P, Iterator[Sight]]]:
        """Enter the decorated function under `requirement`. An id that is in no catalogue is a KeyError.

        The function yields one Sight for each thing that it judges, and nothing where it does not apply. `may_also`:
        other requirements that its breaches may name.
        """
        for id in (requirement, *may_also):
            requirements.load()[id]

        def enter(look: Callable[P, Iterator[Sight]]) -> Callable[P, Iterator[Sight]]:
            self.rules.append(Rule(requirement, tuple(may_also), look))
            return look

        return enter

    def judge(self, *subject: P.args, **named: P.kwargs) -> Judgement:
        """Apply every rule to the subject."""
        judgement = Judgement()
        for rule in self.rules:
            for sight in rule.look(*subject, **named):
                judgement.add(rule, sight)
        return judgement
