"""What the plugin and the judge hand to each other through pytest's stashes."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance import checks

if TYPE_CHECKING:
    from conformance.judging.plan import Plan
    from conformance.stage.stage import Stage

PLAN: "pytest.StashKey[Plan]" = pytest.StashKey()  # of a session's config: what it judges
STAGE: "pytest.StashKey[Stage]" = pytest.StashKey()  # of an item: where it takes place
CHECKS = Path(checks.__path__[0])
