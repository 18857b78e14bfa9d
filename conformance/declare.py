"""How a check says what it is: which requirements it judges, which facts it needs, whether it cancels."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from conformance.orders import Query
from conformance.stage.facts import FACTS

Check = TypeVar("Check", bound=Callable[..., Any])


def verifies(*ids: str) -> Callable[[Check], Check]:
    """The check judges these requirements: they pass when it passes. A run ends where an id is of no catalogue."""

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


def asks(query: Callable[..., Query]) -> Callable[[Check], Check]:
    """The check is about this list of the caller, its `asked`. Such lists of several checks are asked for at once.

    `query` makes it of the stage, and of the check's parameters by their names.
    """

    def declare(check: Check) -> Check:
        return pytest.mark.asks.with_args(query)(check)  # type: ignore[no-any-return]

    return declare


def forges(check: Check) -> Check:
    """The check says cancel-all with its `forgeries`. Those of several such checks are tried at once."""
    return pytest.mark.forges(check)  # type: ignore[no-any-return]


def early(check: Check) -> Check:
    """The check runs before the others that read, or that cancel.

    It brings about old orders, or many, before newer ones lie on top of them; or it asks for what others want as well.
    """
    return pytest.mark.early(check)  # type: ignore[no-any-return]


def alone(check: Check) -> Check:
    """The check has the target to itself: what it does would show in others that are judged beside it."""
    return pytest.mark.alone(check)  # type: ignore[no-any-return]


def cancels(check: Check) -> Check:
    """The check calls cancel-all: it runs after those that only read, and in full scope alone."""
    return needs(cancel=True)(pytest.mark.cancels(check))  # type: ignore[no-any-return]


def each_credential(check: Check) -> Check:
    """The check runs with the token and with the signed key, each where the profile gives it, as its `credential`."""
    kinds = [pytest.param("jwt", marks=pytest.mark.needs(jwt=True))]
    kinds.append(pytest.param("api-key", marks=pytest.mark.needs(api_key=True)))
    return pytest.mark.parametrize("credential", kinds)(check)  # type: ignore[no-any-return]
