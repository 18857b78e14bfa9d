"""The catalogue of faults: small liars, each a few lines on the reference exchange; and of conforming twins."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from conformance import requirements
from conformance.naming import kebab_case
from conformance.sandbox import Clock, EngineQueue, Exchange, Face, Gatekeeper, Sandbox

Part = TypeVar("Part", bound=type[Any])

# How those are served that are overloaded: so that a few dozen requests at once are too many.
OVERLOADED: Mapping[str, Any] = {"lanes": 2, "queue_size": 12, "service_ms": 3.0}

_PLACES = {
    "exchange_class": Exchange,
    "face_class": Face,
    "gatekeeper_class": Gatekeeper,
    "clock_class": Clock,
    "queue_class": EngineQueue,
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A sandbox that is not quite the reference: its name, what it does in a sentence, and the class that does it.

    The class derives from the sandbox, or from one of the classes that it is made of.
    """

    name: str
    says: str
    part: type[Any]

    @property
    def command(self) -> str:
        """The command that it is tested by."""
        raise NotImplementedError

    def sandbox(self, seed: int | None = None, **options: Any) -> Sandbox:
        """A sandbox that does this; `options` as for the reference."""
        return combined([self], seed, **options)


class NotTogether(ValueError):
    """Two variants do the same thing in two ways. The message names both, and what."""


def combined(variants: Sequence[Variant], seed: int | None = None, **options: Any) -> Sandbox:
    """A sandbox that is all of these at once. Raises NotTogether."""
    late = [each.name for each in variants if isinstance(each, Twin) and each.shows_late]
    if len(late) > 1:
        raise NotTogether(
            f"{' and '.join(late)} cannot be combined: a profile allows each its time, but not one after the other"
        )
    does: dict[tuple[type[Any], str], str] = {}
    parts: dict[type[Any], list[type[Any]]] = {}
    for each in variants:
        whole = next(whole for whole in (Sandbox, *_PLACES.values()) if issubclass(each.part, whole))
        parts.setdefault(whole, []).append(each.part)
        own = {name for kind in each.part.__mro__[: each.part.__mro__.index(whole)] for name in vars(kind)}
        # What is Python's own, as where a class was written; __init__ calls that of the next one.
        for name in sorted(name for name in own if not name.startswith("__")):
            if (other := does.setdefault((whole, name), each.name)) != each.name:
                raise NotTogether(
                    f"{other} and {each.name} cannot be combined: each has its own {whole.__name__}.{name}"
                )
    places = {name: _joined(parts[whole]) for name, whole in _PLACES.items() if whole in parts}
    kinds = parts.get(Sandbox, [Sandbox])
    for name in places:
        if any(getattr(kind, name) is not getattr(Sandbox, name) for kind in kinds):
            raise NotTogether(
                f"{', '.join(each.name for each in variants)} cannot be combined: two of them replace a part"
            )
    kind: type[Sandbox] = type("+".join(each.part.__name__ for each in variants) or "Sandbox", tuple(kinds), places)
    return kind(seed, **options)


def _joined(parts: Sequence[type[Any]]) -> type[Any]:
    return parts[0] if len(parts) == 1 else type("And".join(each.__name__ for each in parts), tuple(parts), {})


@dataclass(frozen=True, slots=True)
class Fault(Variant):
    """One lie, and the requirement that it breaks."""

    breaks: str

    @property
    def command(self) -> str:
        """As of what it breaks."""
        return requirements.command_of(self.breaks) or "run"


@dataclass(frozen=True, slots=True)
class Twin(Variant):
    """Something that the documents allow. `silence`: the id of the silence that it reads in its own way, if any.

    `tested_by`: the command. `shows_late`: its lists need the time that the profile allows, or keep
    what others show late.
    """

    silence: str | None = None
    tested_by: str = "run"
    shows_late: bool = False

    @property
    def command(self) -> str:
        """As it was declared."""
        return self.tested_by


_FAULTS: dict[str, Fault] = {}
_TWINS: dict[str, Twin] = {}


def fault(breaks: str) -> Callable[[Part], Part]:
    """Enter the class among the faults, under its name in kebab case.

    Raises KeyError for a requirement that is in no catalogue, ValueError for a name that is taken.
    """
    requirements.load()[breaks]

    def enter(liar: Part) -> Part:
        name, says = _described(liar)
        _FAULTS[name] = Fault(name, says, liar, breaks)
        return liar

    return enter


def twin(silence: str | None = None, tested_by: str = "run", *, shows_late: bool = False) -> Callable[[Part], Part]:
    """Enter the class among the conforming twins, under its name in kebab case. The rest is as in Twin.

    Raises KeyError for a silence that is in no catalogue, ValueError for a name that is taken.
    """
    if silence is not None and silence not in {each.id for each in requirements.silences()}:
        raise KeyError(silence)

    def enter(conforming: Part) -> Part:
        name, says = _described(conforming)
        _TWINS[name] = Twin(name, says, conforming, silence, tested_by, shows_late)
        return conforming

    return enter


def sandbox(names: str, seed: int) -> Sandbox:
    """The sandbox that is the fault or twin of this name, or all of several, their names joined by +.

    Raises NotTogether.
    """
    variants = [(load() | twins())[name] for name in names.split("+")]
    options = OVERLOADED if variants[0].command == "overload" else {}
    return combined(variants, seed, **options)


@contextmanager
def serve(names: str, seed: int) -> Iterator[str]:
    """Serve that sandbox while the context lasts; yields its profile as TOML. Raises NotTogether."""
    with sandbox(names, seed).serve() as served:
        yield served.profile_toml


def load() -> dict[str, Fault]:
    """All faults by name."""
    _import_all()
    return _FAULTS


def twins() -> dict[str, Twin]:
    """All conforming twins by name."""
    _import_all()
    return _TWINS


@cache
def _import_all() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def _described(part: type[Any]) -> tuple[str, str]:
    name = kebab_case(part.__name__)
    if name in _FAULTS or name in _TWINS:
        raise ValueError(f"{name} is in the catalogue already")
    return name, inspect.cleandoc(part.__doc__ or "")
