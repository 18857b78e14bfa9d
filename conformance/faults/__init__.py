"""The catalogue of faults: small liars, each a few lines on the reference exchange or its face."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from conformance import requirements
from conformance.sandbox import Exchange, Face, Sandbox

Liar = TypeVar("Liar", bound=type[Exchange] | type[Face])


@dataclass(frozen=True, slots=True)
class Fault:
    """One lie: its name, the requirement that it breaks, what it does in a sentence, and the class that does it."""

    name: str
    breaks: str
    says: str
    liar: type[Exchange] | type[Face]

    def sandbox(self, seed: int | None = None) -> Sandbox:
        """A sandbox that tells this lie."""
        if issubclass(self.liar, Exchange):
            return Sandbox(exchange_class=self.liar, seed=seed)
        return Sandbox(face_class=self.liar, seed=seed)


_FAULTS: dict[str, Fault] = {}


def fault(breaks: str) -> Callable[[Liar], Liar]:
    """Enter the class into the catalogue under its name in kebab case.

    Raises KeyError for a requirement that is in no catalogue, ValueError for a name that is taken.
    """
    requirements.load()[breaks]

    def enter(liar: Liar) -> Liar:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", liar.__name__).lower()
        if name in _FAULTS:
            raise ValueError(f"there are two faults named {name}")
        _FAULTS[name] = Fault(name, breaks, inspect.cleandoc(liar.__doc__ or ""), liar)
        return liar

    return enter


@cache
def load() -> Mapping[str, Fault]:
    """The whole catalogue by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return _FAULTS
