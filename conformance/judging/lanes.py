"""Further lanes: which of them a run uses, and which checks are judged there."""

from collections.abc import Sequence

import pytest

from conformance.hypothesis_seam import draws
from conformance.judging.declarations import cancels, is_alone
from conformance.profile import Profile


def usable(profile: Profile) -> list[int]:
    """The numbers of the lanes that have what the first one has: the caller's credentials, and a second account."""

    def has(number: int) -> set[str]:
        lane = profile.lanes[number]
        account = profile.accounts[lane.caller]
        given = {name for name in ("jwt", "api_key") if getattr(account, name) is not None}
        return given | ({"other"} if lane.other else set())

    return [number for number in range(len(profile.lanes)) if has(number) >= has(0)]


def share_out(items: Sequence[pytest.Item], lanes: Sequence[int]) -> None:
    """Give each check its lane: what cancels goes to the one that has fewest of those, all else to the first, and so
    does what has the target alone.

    It follows from the checks alone: the same ones are judged on the same lanes each time.
    """
    work = dict.fromkeys(lanes, 0)
    given: dict[str, int] = {}
    for item in items:
        # Hypothesis keeps with a function what is drawn for it: one lane has all its cases.
        key = item.nodeid.partition("[")[0] if draws(getattr(item, "obj", None)) else item.nodeid
        free = cancels(item) and not is_alone(item)
        lane = given.setdefault(key, min(lanes, key=lambda lane: work[lane]) if free else 0)
        work[lane] += cancels(item)
        item.add_marker(pytest.mark.lane(lane))
