"""Rules: small generator functions, each with the requirement that it tests."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, ParamSpec

from conformance import requirements
from conformance.verdict import Breach, Unread

P = ParamSpec("P")

RIGHT: Final = None
"""A rule yields this for each thing that is right, so that the tests of a requirement can be counted."""

Sight = Breach | None
"""The result for one thing: RIGHT, or what is wrong with it."""


class NotDeclared(Exception):
    """A rule reports a breach of a requirement that it does not declare. This is a defect of the suite."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """A function, the requirement that it tests, and the other requirements that its breaches may name."""

    requirement: str
    may_also: tuple[str, ...]
    look: Callable[P, Iterator[Sight]]

    @property
    def charges(self) -> tuple[str, ...]:
        """All requirements that a breach of this rule may name."""
        return (self.requirement, *self.may_also)


@dataclass(slots=True)
class Judgement:
    """The result of a rulebook: how many things were right under each requirement, and the breaches."""

    saw: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)

    def add(self, rule: Rule[...], breach: Breach) -> None:
        """Keep a breach. Raises NotDeclared if it is of a requirement that the rule does not declare."""
        charged = breach.requirement or rule.requirement
        if charged not in rule.charges:
            name = f"{rule.look.__module__}.{rule.look.__qualname__}"
            raise NotDeclared(f"{name} charges {charged}; it declares {', '.join(rule.charges)} (see may_also)")
        self.breaches.append(breach._replace(requirement=charged))


class Rulebook(Generic[P]):
    """The rules over one kind of subject, in the order of the source."""

    def __init__(self) -> None:
        self.rules: list[Rule[P]] = []

    def rule(
        self, requirement: str, *, may_also: Sequence[str] = ()
    ) -> Callable[[Callable[P, Iterator[Sight]]], Callable[P, Iterator[Sight]]]:
        """Add the decorated function as a rule for `requirement`. Raises KeyError if the catalogue has no such id.

        The function yields one Sight for each thing that it tests, and nothing if it does not apply. `may_also`: other
        requirements that its breaches may name.
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
            right = 0
            try:
                for sight in rule.look(*subject, **named):
                    if sight is RIGHT:
                        right += 1
                    else:
                        judgement.add(rule, sight)
            except Unread:  # what the rule has seen before that stands
                pass
            if right:
                judgement.saw[rule.requirement] += right
        return judgement
