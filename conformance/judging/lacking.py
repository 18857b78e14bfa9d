"""Requirements that cannot be tested, since the profile lacks what all their checks need."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance import checks, hypothesis_seam
from conformance.fit import Remark
from conformance.profile import Profile
from conformance.requirements.selection import Selection
from conformance.stage.facts import FACTS

# Of the facts those that a profile decides: whether it allows them. The others depend on what the account holds.
_ALLOWS: Mapping[str, Callable[[Profile, Any], bool]] = {
    "tradable": lambda profile, count: len(profile.markets) >= count,
    "other": lambda profile, _: profile.lanes[0].other is not None,
    "jwt": lambda profile, _: profile.accounts[profile.lanes[0].caller].jwt is not None,
    "api_key": lambda profile, _: profile.accounts[profile.lanes[0].caller].api_key is not None,
    "arrange": lambda profile, _: bool(profile.markets and (profile.driver.place or profile.driver.inject)),
    "place": lambda profile, _: bool(profile.markets and profile.driver.place),
    "fault": lambda profile, _: profile.driver.fault is not None,
    "unthrottled": lambda profile, rate: (profile.target.max_requests_per_second or rate) >= rate,
}


def lacking(profile: Profile, selection: Selection) -> Iterator[Remark]:
    """For each thing that the profile lacks: the selected requirements that cannot be tested without it."""
    lacks: defaultdict[str, list[str]] = defaultdict(list)
    needs_of: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for verifies, needs in _declared():
        for id in verifies:
            needs_of[id].append(needs)
    for id in sorted(selection.ids & needs_of.keys()):
        missing = [
            [name for name in needs if name in _ALLOWS and not _ALLOWS[name](profile, needs[name])]
            for needs in needs_of[id]
        ]
        if all(missing):
            lacks[FACTS[min(missing, key=len)[0]].enable].append(id)
    for enable, ids in lacks.items():
        yield Remark("requirements", "warning", f"cannot be tested: {', '.join(ids)}", f"add {enable}")


def _declared() -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """What each check verifies, and what it needs."""
    hypothesis_seam.prepare(stop_on_first=False)  # before the checks are imported, as in a run
    for module in pkgutil.iter_modules(checks.__path__):
        for check in vars(importlib.import_module(f"{checks.__name__}.{module.name}")).values():
            marks = getattr(check, "pytestmark", []) if callable(check) else []
            verifies = tuple(id for mark in marks if mark.name == "verifies" for id in mark.args)
            needs = {name: value for mark in marks if mark.name == "needs" for name, value in mark.kwargs.items()}
            if verifies:
                yield verifies, needs
