"""How checks draw does not depend on who imports them, and when: a prover has them imported before any run begins."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

from conformance import checks
from conformance.declare import DRAWING


def drawing_checks() -> Iterator[Any]:
    for module in pkgutil.iter_modules(checks.__path__):
        for _, check in inspect.getmembers(importlib.import_module(f"{checks.__name__}.{module.name}")):
            if hasattr(check, "hypothesis") and check.__module__.endswith(module.name):
                yield check


def test_checks_draw_as_declared_wherever_they_are_imported() -> None:
    how = ("database", "deadline", "derandomize", "phases", "suppress_health_check")
    for check in drawing_checks():
        settings = check._hypothesis_internal_use_settings
        assert {name: getattr(settings, name) for name in how} == {name: getattr(DRAWING, name) for name in how}, check
    assert sum(1 for _ in drawing_checks()) > 15
