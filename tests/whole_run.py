"""One whole run on the sandbox, made once for all tests that look at what came of it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from conformance.sandbox import Sandbox
from tests.runs import Ended, live, run
from tests.sandboxes import profile_in

# The sandbox that `run` serves where no target is given has the seed of the run, which is 0.
SEED = 0


@dataclass(frozen=True, slots=True)
class WholeRun:
    """How it ended, and what it did to the sandbox.

    `placed`: how many orders it placed. `standing`: the ids of those that it left live. `journals`: files that it left.
    """

    ended: Ended
    placed: int
    standing: list[str]
    journals: list[str]


@pytest.fixture(scope="session")
def whole_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> WholeRun:
    """`p99-conformance run`, with nothing but a profile: the first worker that needs it makes it for all workers."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(request.config, "workerinput") else own) / "whole-run"
    folder.mkdir(exist_ok=True)
    kept = folder / "kept.json"
    with FileLock(folder / "lock"):
        if not kept.exists():
            kept.write_text(json.dumps(asdict(_made(folder))), encoding="utf-8")
    made: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return WholeRun(Ended(**made.pop("ended")), **made)


def _made(folder: Path) -> WholeRun:
    sandbox = Sandbox(SEED)
    with profile_in(folder, sandbox) as profile:
        ended = run(folder, "--target", profile)
    return WholeRun(
        ended,
        placed=sum(map(len, sandbox.exchange.orders.values())),
        standing=[order.id for order in live(sandbox)],
        journals=[each.name for each in (folder / "state" / "p99-conformance").glob("*")],
    )
