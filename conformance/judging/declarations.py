"""What a collected check declares about itself by its marks."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from conformance.orders import Query
from conformance.stage.stage import Stage
from conformance.wire.forgery import Forgery


def verifies_of(item: pytest.Item) -> tuple[str, ...]:
    """The requirements that the check judges."""
    return tuple(id for mark in item.iter_markers("verifies") for id in mark.args)


def needs_of(item: pytest.Item) -> dict[str, Any]:
    """The facts that the check needs. If several marks name the same fact, the nearest mark counts."""
    merged: dict[str, Any] = {}
    for mark in item.iter_markers("needs"):
        merged = {**mark.kwargs, **merged}
    return merged


def asked_by(item: pytest.Item, stage: Stage) -> Query | None:
    """The list that the check declares to be about, if it does. Raises CannotJudge where there is none here."""
    mark = item.get_closest_marker("asks")
    if mark is None:
        return None
    callspec = getattr(item, "callspec", None)
    asked: Query = mark.args[0](stage, **(callspec.params if callspec else {}))
    return asked


def forged_by(item: pytest.Item) -> Sequence[Forgery]:
    """The forged credentials that the check says cancel-all with, where it declares that."""
    if item.get_closest_marker("forges") is None:
        return ()
    forgeries: Sequence[Forgery] = cast(Any, item).callspec.params["forgeries"]
    return forgeries


def cancels(item: pytest.Item) -> bool:
    """Whether the check calls cancel-all."""
    return item.get_closest_marker("cancels") is not None


def is_early(item: pytest.Item) -> bool:
    """Whether the check runs before the others that read, or that cancel."""
    return item.get_closest_marker("early") is not None


def is_alone(item: pytest.Item) -> bool:
    """Whether the check has the target to itself."""
    return item.get_closest_marker("alone") is not None


def lane_of(item: pytest.Item) -> int:
    """The lane that the check was given; the first one unless there are several workers."""
    mark = item.get_closest_marker("lane")
    return 0 if mark is None else int(mark.args[0])


def name_of(item: pytest.Item) -> str:
    """The name of the check in reports: module and function, without folders."""
    return item.nodeid.rsplit("/", 1)[-1].replace(".py::", "::")
