"""The kill matrix, reduced to what scenarios judge, in this process: scripts/mutate_suite.py changes the suite here.

It is no part of the tests that run each time, which test the same in processes of their own.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from conformance import checks
from conformance.judging.plan import make_plan
from conformance.judging.runner import run
from conformance.judging.traceability import checks_by_requirement
from conformance.profile import loader
from conformance.proving.bench import judge
from conformance.sandbox import Sandbox
from conformance.verdict import Verdict
from tests.proving.test_proof import FAULTS, subject

JUDGED_BY = checks_by_requirement()
FOLDER = Path(checks.__path__[0])
MODULES = sorted(path.stem for path in FOLDER.glob("test_*.py") if "conformance.scenarios" in path.read_text("utf-8"))


def verified_by(module: str) -> set[str]:
    return {id for id, names in JUDGED_BY.items() if any(name.startswith(f"{module}::") for name in names)}


@pytest.mark.parametrize("module", MODULES)
def test_what_conforms_passes_all_that_is_tested(module: str, tmp_path: Path) -> None:
    with Sandbox(0).serve() as served:
        plan = make_plan(
            loader.loads(served.profile_toml, "sandbox"),
            scope=None,
            seed=0,
            require="none",
            labels=(),
            report_dir=str(tmp_path),
            cancel_existing=False,
        )
        results = run(replace(plan, writes=False), Console(quiet=True), stop_on_first=False, select=module)
    assert not results.mishaps.crashes
    assert not results.with_verdict(Verdict.FAIL)
    assert {each.id for each in results.with_verdict(Verdict.PASS)} >= verified_by(module)


@pytest.mark.parametrize("name", [FAULTS[id] for id in sorted(set().union(*map(verified_by, MODULES)) & FAULTS.keys())])
def test_a_fault_is_found_by_its_name(name: str) -> None:
    trial = judge(subject(name), seed=3)
    assert trial.good, trial
