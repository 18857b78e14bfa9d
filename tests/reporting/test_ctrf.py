"""CTRF JSON keeps the schema that its project publishes."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from conformance.reporting.ctrf import ctrf
from conformance.results import Results
from conformance.verdict import Verdict
from tests.reporting.test_files import FULL
from tests.reporting.test_html import HOSTILE
from tests.reporting.test_terminal import CLEAN, requirement, results

# From the package `ctrf` of npm, version 0.3.0, MIT License.
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "ctrf-schema-0.0.json").read_text(encoding="utf-8"))

WAIVED = replace(
    requirement("list.safe", Verdict.FAIL),
    waiver={"owner": "o", "reason": "r", "expires": "2999-01-01", "ticket": None},
)


@pytest.mark.parametrize("run", [FULL, results(CLEAN), replace(results(WAIVED), labels={HOSTILE: HOSTILE})])
def test_the_schema_is_kept(run: Results) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(ctrf(run)))


def test_each_requirement_is_a_test_and_the_summary_counts_them() -> None:
    read = json.loads(ctrf(replace(FULL, requirements=(*FULL.requirements, WAIVED))))["results"]
    statuses = {each["name"]: each["status"] for each in read["tests"]}
    assert statuses == {
        "order.fields": "passed",
        "list.limit-max": "failed",
        "list.limit-exact": "other",
        "order.id-uuid": "skipped",
        "list.safe": "skipped",
    }
    assert [read["summary"][name] for name in ("tests", "passed", "failed", "skipped", "other")] == [6, 1, 1, 3, 1]
    [failed] = (each for each in read["tests"] if each["status"] == "failed")
    assert failed["trace"].startswith("want at most 200 orders for limit=1000; got 333")
