"""Which checks and rules judge which requirement, as they declare it."""

import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from conformance import checks, contract
from conformance.oracle import errors
from conformance.oracle.cancellation import CANCELLING
from conformance.oracle.fills import FILLING
from conformance.oracle.laws import LAWS
from conformance.oracle.listing import LISTING
from conformance.oracle.races import RACING
from conformance.oracle.succession import SUCCESSION

BOOKS = (LAWS, LISTING, CANCELLING, SUCCESSION, FILLING, RACING)


def checks_by_requirement() -> Mapping[str, list[str]]:
    """For each requirement its checks, as `module::function`, then the rules that judge it in passing."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in pkgutil.iter_modules(checks.__path__):
        for name, check in vars(importlib.import_module(f"{checks.__name__}.{module.name}")).items():
            if inspect.isfunction(check):
                for id in _declared(getattr(check, "pytestmark", ())):
                    found[id].append(f"{module.name}::{name}")
    for id, names in rules_by_requirement().items():
        found[id] += names
    return found


def descriptions() -> Mapping[str, str]:
    """The first sentence of the docstring of each check and rule, by its name in `checks_by_requirement`."""
    found = {"the schemas": "The shape of every answer.", "every answer": "The documented form of every error."}
    for module in pkgutil.iter_modules(checks.__path__):
        for name, check in vars(importlib.import_module(f"{checks.__name__}.{module.name}")).items():
            if name.startswith("test_") and check.__doc__:
                found[f"{module.name}::{name}"] = _first_line(check.__doc__)
    for book in BOOKS:
        for rule in book.rules:
            found[_name_of(rule.look)] = _first_line(rule.look.__doc__ or "")
    return found


def check_names() -> list[str]:
    """The names of all checks, as `module::function`."""
    names = {name for names in checks_by_requirement().values() for name in names}
    return sorted(name for name in names if name.partition("::")[2].startswith("test_"))


def rules_by_requirement() -> Mapping[str, list[str]]:
    """For each requirement the rules that judge it in passing, in every answer."""
    found: dict[str, list[str]] = defaultdict(list)
    for id in contract.REQUIREMENTS:
        found[id].append("the schemas")
    for id in errors.OF_EVERY_ANSWER:
        found[id].append("every answer")
    for book in BOOKS:
        for rule in book.rules:
            found[rule.requirement].append(_name_of(rule.look))
    return found


def _name_of(rule: Callable[..., Any]) -> str:
    return f"{rule.__module__.rpartition('.')[2]}::{rule.__name__}"


def _first_line(docstring: str) -> str:
    return " ".join(docstring.partition("\n\n")[0].split())


def _declared(marks: Iterable[pytest.Mark]) -> list[str]:
    """The requirements that the marks name, each once. Marks of single parameters count too."""
    ids: list[str] = []
    for mark in marks:
        if mark.name == "verifies":
            ids += mark.args
        elif mark.name == "parametrize":
            for parameter in mark.args[1]:
                own = getattr(parameter, "marks", ())
                ids += _declared(each.mark if isinstance(each, pytest.MarkDecorator) else each for each in own)
    return list(dict.fromkeys(ids))
