"""Which checks judge which requirement, as the checks and the oracle's rules declare it."""

import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pytest

from conformance import checks, contract
from conformance.oracle import errors
from conformance.oracle.cancelling import CANCELLING
from conformance.oracle.filling import FILLING
from conformance.oracle.laws import LAWS
from conformance.oracle.listing import LISTING
from conformance.oracle.racing import RACING
from conformance.oracle.succession import SUCCESSION


def checks_by_requirement() -> Mapping[str, list[str]]:
    """For each requirement id: its checks, `module::function`, then the rules that judge it in passing."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in pkgutil.iter_modules(checks.__path__):
        for name, check in vars(importlib.import_module(f"{checks.__name__}.{module.name}")).items():
            if inspect.isfunction(check):
                for id in _declared(getattr(check, "pytestmark", ())):
                    found[id].append(f"{module.name}::{name}")
    for id, names in rules_by_requirement().items():
        found[id] += names
    return found


def check_names() -> list[str]:
    """The checks, `module::function`."""
    names = {name for names in checks_by_requirement().values() for name in names}
    return sorted(name for name in names if name.partition("::")[2].startswith("test_"))


def rules_by_requirement() -> Mapping[str, list[str]]:
    """For each requirement id: what judges it in every answer that flows by."""
    found: dict[str, list[str]] = defaultdict(list)
    for id in contract.REQUIREMENTS:
        found[id].append("the schemas")
    for id in errors.OF_EVERY_ANSWER:
        found[id].append("every answer")
    for book in (LAWS, LISTING, CANCELLING, SUCCESSION, FILLING, RACING):
        for rule in book.rules:
            found[rule.requirement].append(f"{rule.look.__module__.rpartition('.')[2]}::{rule.look.__name__}")
    return found


def _declared(marks: Iterable[pytest.Mark]) -> list[str]:
    """The requirements that marks name, those of single parameters included, each once."""
    ids: list[str] = []
    for mark in marks:
        if mark.name == "verifies":
            ids += mark.args
        elif mark.name == "parametrize":
            for parameter in mark.args[1]:
                own = getattr(parameter, "marks", ())
                ids += _declared(each.mark if isinstance(each, pytest.MarkDecorator) else each for each in own)
    return list(dict.fromkeys(ids))
