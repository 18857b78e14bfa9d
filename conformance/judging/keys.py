"""The keys of what the modules here hand to each other through the stashes of pytest, and where the checks are."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance import checks

if TYPE_CHECKING:
    from conformance.judging.plan import Plan
    from conformance.orders import Query
    from conformance.stage.stage import Stage

PLAN: "pytest.StashKey[Plan]" = pytest.StashKey()  # in the stash of a config: what the session is asked to do
ASKED: "pytest.StashKey[Query]" = pytest.StashKey()  # in the stash of a check: the list that it is about, if it says so
STAGE: "pytest.StashKey[Stage]" = pytest.StashKey()  # in the stash of a check: the stage that it runs on
CHECKS = Path(checks.__path__[0])
