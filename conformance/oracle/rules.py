"""How a meaning is written down: small generator functions, each under the requirement that it judges."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, ParamSpec

from conformance.verdict import Breach

P = ParamSpec("P")
Sight = Breach | None
"""One thing looked at: None where it was as it should be, so that what was judged can be counted."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """One function and the requirement that it judges."""

    requirement: str
    look: Callable[P, Iterator[Sight]]


@dataclass(slots=True)
class Judgement:
    """What a rulebook saw: how many things it judged under each requirement, and what was wrong."""

    saw: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)

    def add(self, requirement: str, sight: Sight) -> None:
        """Count one thing judged under `requirement`, or keep what was wrong with it."""
        if sight is None:
            self.saw[requirement] += 1
        else:
            self.breaches.append(sight if sight.requirement else sight._replace(requirement=requirement))


class Rulebook(Generic[P]):
    """The rules over one kind of subject, in the order in which they were written."""

    def __init__(self) -> None:
        self.rules: list[Rule[P]] = []

    def rule(self, requirement: str) -> Callable[[Callable[P, Iterator[Sight]]], Callable[P, Iterator[Sight]]]:
        """Enter the decorated function under `requirement`.

        It yields one Sight for each thing that it judges: nothing at all where it does not apply.
        """

        def enter(look: Callable[P, Iterator[Sight]]) -> Callable[P, Iterator[Sight]]:
            self.rules.append(Rule(requirement, look))
            return look

        return enter

    def judge(self, *subject: P.args, **named: P.kwargs) -> Judgement:
        """Apply every rule to the subject."""
        judgement = Judgement()
        for rule in self.rules:
            for sight in rule.look(*subject, **named):
                judgement.add(rule.requirement, sight)
        return judgement
