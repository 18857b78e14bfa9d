"""Cancel-alls with forged credentials that several checks of a lane are about: they are tried at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.wire.client import Answer
from conformance.wire.forgery import Forgery


@dataclass(slots=True)
class Forged:
    """What was tried of them, and what came of it.

    `coming`: those that are not tried yet. `answers`: what came for those that did no harm together. `report`: reports
    the harm that they did together; it is due once none is `waiting` to be tried without the others, and none of those
    does harm.
    """

    coming: list[Forgery] = field(default_factory=list)
    answers: dict[Forgery, Answer] = field(default_factory=dict)
    waiting: set[Forgery] = field(default_factory=set)
    report: Callable[[], None] | None = None
