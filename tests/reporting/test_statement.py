"""The in-toto statement: what it says of a run, and that it binds the report together."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from conformance.judging.configuration import configuration, profile_digest
from conformance.judging.plan import make_plan
from conformance.profile import ProfileError, loader
from conformance.reporting import files
from conformance.reporting.statement import digest_in
from conformance.results import RequirementResult, Results
from conformance.sandbox import Sandbox
from conformance.verdict import Verdict
from tests.gating.test_waivers import waiver
from tests.reporting.test_terminal import CLEAN, requirement, results

WAIVED = replace(requirement("list.array", Verdict.FAIL), waiver=waiver().to_json())
VIOLATED = requirement("list.limit-max", Verdict.FAIL)
ADVISORY = requirement("list.safe", Verdict.FAIL, "advisory")
DOUBTFUL = requirement("list.limit-exact", Verdict.INCONCLUSIVE, reason="unreachable")
UNTESTED = requirement("order.id-uuid", Verdict.NONE)


def predicate(given: Results, folder: Path) -> dict[str, Any]:
    files.write(given, folder)
    statement = json.loads((folder / files.STATEMENT).read_text(encoding="utf-8"))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    told: dict[str, Any] = statement["predicate"]
    return told


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ((CLEAN,), "PASSED"),
        ((CLEAN, UNTESTED), "PASSED"),
        ((CLEAN, ADVISORY), "WARNED"),
        ((CLEAN, WAIVED), "WARNED"),
        ((CLEAN, VIOLATED), "FAILED"),
        ((CLEAN, DOUBTFUL), "FAILED"),
        ((UNTESTED,), "FAILED"),
    ],
)
def test_passed_is_said_only_where_a_gate_is_open(
    given: tuple[RequirementResult, ...], result: str, tmp_path: Path
) -> None:
    assert predicate(results(*given), tmp_path)["result"] == result


def test_each_requirement_stands_in_one_list(tmp_path: Path) -> None:
    told = predicate(results(CLEAN, WAIVED, VIOLATED, ADVISORY, DOUBTFUL, UNTESTED), tmp_path)
    assert (told["passedTests"], told["failedTests"]) == (["order.fields"], ["list.limit-max"])
    assert told["warnedTests"] == ["list.array", "list.safe"]
    assert (told["p99_run"]["inconclusive"], told["p99_run"]["not_exercised"]) == (
        ["list.limit-exact"],
        ["order.id-uuid"],
    )


def test_it_is_about_what_was_tested_and_about_each_file_of_the_report(tmp_path: Path) -> None:
    digest = "ab" * 32
    labels = {"digest": f"sha256:{digest}", "version": "1.4.2", "occasion": "release"}
    told = predicate(replace(results(CLEAN), labels=labels, configuration={"suite": "cd" * 32}), tmp_path)
    subjects = json.loads((tmp_path / files.STATEMENT).read_text(encoding="utf-8"))["subject"]
    assert subjects[0] == {"name": "t", "digest": {"sha256": digest}}
    written = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in files.FORMATS}
    assert {each["name"]: each["digest"]["sha256"] for each in subjects[1:]} == written
    assert (told["p99_run"]["version"], told["p99_run"]["occasion"]) == ("1.4.2", "release")
    assert told["configuration"] == [{"name": "suite", "digest": {"sha256": "cd" * 32}}]


def test_a_label_that_is_no_digest_is_refused_before_the_run(tmp_path: Path) -> None:
    assert digest_in({"digest": "gitCommit:" + "0f" * 20}) == {"gitCommit": "0f" * 20}
    assert digest_in({}) is None
    with pytest.raises(ProfileError, match="a digest is written as sha256"):
        make_plan(
            loader.loads(tomli_w.dumps(Sandbox().profile("http://127.0.0.1:1", "http://127.0.0.1:1/api")), "sandbox"),
            scope=None,
            seed=0,
            require="none",
            labels=["digest=1.4.2"],
            report_dir=str(tmp_path),
            cancel_existing=False,
        )


def test_the_profile_is_told_apart_by_what_it_says_and_not_by_its_secrets() -> None:
    def digest(text: str) -> str:
        return profile_digest(loader.loads(text, "sandbox"))

    one, other = (Sandbox(seed).profile("http://127.0.0.1:1", "http://127.0.0.1:1/api") for seed in (1, 2))
    told = [profile_digest(loader.loads(tomli_w.dumps(each), "sandbox")) for each in (one, other)]
    assert told[0] == told[1]
    del other["accounts"]["other"]["api_secret"], other["accounts"]["other"]["api_key"]
    assert digest(tomli_w.dumps(other)) != told[0]
    assert set(configuration(loader.loads(tomli_w.dumps(one), "sandbox"))) == {
        "contract",
        "catalogue",
        "suite",
        "profile",
        "waivers",
    }
