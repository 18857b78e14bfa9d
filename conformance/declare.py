"""How a check says what it is: which requirements it judges, which facts it needs, whether it cancels, how it draws."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings

from conformance import requirements
from conformance.stage.facts import FACTS

Check = TypeVar("Check", bound=Callable[..., Any])

# How checks draw, whoever imports them: from the run's seed alone and without a database, so that the same requests are
# sent every time; without a deadline, since a slow target is not a wrong one.
DRAWING = settings(
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=False,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def verifies(*ids: str) -> Callable[[Check], Check]:
    """The check judges these requirements: they pass when it passes. An id of no catalogue is a KeyError."""
    known = requirements.load()
    for id in ids:
        known[id]

    def declare(check: Check) -> Check:
        return pytest.mark.verifies(*ids)(check)  # type: ignore[no-any-return]

    return declare


def needs(**facts: Any) -> Callable[[Check], Check]:
    """The check runs where these facts are observed; else what it verifies is not exercised by it."""
    for name in facts:
        FACTS[name]

    def declare(check: Check) -> Check:
        return pytest.mark.needs(**facts)(check)  # type: ignore[no-any-return]

    return declare


def cancels(check: Check) -> Check:
    """The check calls cancel-all: it runs after those that only read, and in full scope alone."""
    return needs(cancel=True)(pytest.mark.cancels(check))  # type: ignore[no-any-return]
