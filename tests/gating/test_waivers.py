"""Waivers: complete, in force, needed; and never a change of the verdict."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance.gating.waivers import Waiver, WaiverError, apply, load, of
from conformance.reporting import terminal, words
from conformance.reporting.annotations import annotations
from conformance.reporting.html import html
from conformance.reporting.junit import junit_xml
from conformance.reporting.markdown import markdown
from conformance.results import Mishaps, Results
from conformance.verdict import Verdict
from tests.reporting.test_terminal import CLEAN, requirement, results

TODAY = date(2026, 6, 1)
FAILED = requirement("list.limit-max", Verdict.FAIL)

WHOLE = """
[[waiver]]
requirement = "list.limit-max"
target = "t"
owner = "orders"
reason = "the gateway caps at 100"
expires = 2026-06-01
ticket = "EX-12"
"""


def waiver(**changed: Any) -> Waiver:
    given = {"requirement": "list.limit-max", "target": "t", "owner": "orders", "reason": "a gateway", "expires": TODAY}
    return Waiver(**{**given, **changed})


def written(folder: Path, text: str) -> Path:
    (folder / "waivers.toml").write_text(text, encoding="utf-8")
    return folder / "waivers.toml"


def test_a_file_is_read(tmp_path: Path) -> None:
    assert load(written(tmp_path, WHOLE)) == [waiver(reason="the gateway caps at 100", ticket="EX-12")]
    assert load(written(tmp_path, "")) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('owner = "orders"', "", "waiver 1: no owner"),
        ('reason = "the gateway caps at 100"', 'reason = " "', "waiver 1: reason has to be a text"),
        ("2026-06-01", '"2026-06-01"', "waiver 1: expires has to be a day"),
        ("2026-06-01", "2026-06-01T00:00:00", "waiver 1: expires has to be a day"),
        ("ticket", "tickets", "waiver 1: unknown key 'tickets'"),
        ("[[waiver]]", "[[waivers]]", "unknown key 'waivers'"),
        ("[[waiver]]", "[waiver]", "waiver has to be a list of tables"),
        ("target =", "target", "no TOML"),
        (WHOLE, "waiver = 1", "waiver has to be a list of tables"),
        (WHOLE, "waiver = [1]", "waiver has to be a list of tables"),
        (WHOLE, "b = 1\na = 1", "unknown key 'a'"),
        ('ticket = "EX-12"', 'accepts = "none"', "waiver 1: accepts has to be "),
        ('owner = "orders"', "owner = 1", "waiver 1: owner has to be a text"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_says_where(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(WaiverError) as error:
        load(written(tmp_path, WHOLE.replace(old, new)))
    assert says in str(error.value)
    assert "waivers.toml" in str(error.value)


def test_one_requirement_is_waived_once(tmp_path: Path) -> None:
    with pytest.raises(WaiverError, match="already"):
        load(written(tmp_path, WHOLE * 2))
    with pytest.raises(WaiverError, match=r"absent\.toml"):
        load(tmp_path / "absent.toml")
    with pytest.raises(WaiverError, match="Is a directory"):
        load(tmp_path)


def test_a_waived_requirement_keeps_its_verdict_and_fails_nothing() -> None:
    waived = apply(results(CLEAN, FAILED), [waiver()], TODAY)
    assert waived.bad_waivers == ()
    [failed] = waived.with_verdict(Verdict.FAIL)
    assert failed.waiver == {**waiver().to_json(), "expires": "2026-06-01"}
    assert (waived.exit_code, waived.verdict) == (0, Verdict.PASS)
    assert waived.to_json()["requirements"][1]["verdict"] == "fail"


@pytest.mark.parametrize(
    ("require", "says"),
    [("none", "no other violation found (1 waived) ("), ("must", "conformant (1 waived) (")],
)
def test_that_something_is_waived_is_always_said(require: str, says: str) -> None:
    waived = apply(results(CLEAN, FAILED, require=require), [waiver()], TODAY)
    assert words.headline(waived).startswith(says)
    for told in (html(waived), markdown(waived), junit_xml(waived), terminal.summary(waived, Path("reports"))):
        assert "waived until 2026-06-01 by orders: a gateway" in " ".join(told.split())
    assert "<failure" not in junit_xml(waived)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (waiver(expires=date(2026, 5, 31)), "expired on 2026-05-31"),
        (waiver(requirement="order.fields"), "remove it"),
        (waiver(requirement="list.limit-maximum"), "no such requirement"),
        (waiver(target="staging"), "it is for staging, and this is t"),
    ],
)
def test_what_is_wrong_with_a_waiver_is_said_and_it_accepts_nothing(given: Waiver, says: str) -> None:
    judged = apply(results(CLEAN, FAILED), [given], TODAY)
    [problem] = judged.bad_waivers
    assert says in problem
    assert "orders" in problem
    assert judged.exit_code == 1


def test_a_bad_waiver_alone_fails_and_every_report_says_why() -> None:
    judged = apply(results(CLEAN), [waiver(requirement="order.fields")], TODAY)
    assert (judged.exit_code, judged.verdict) == (1, Verdict.FAIL)
    assert words.headline(judged) == "not conformant: 1 waiver to correct"
    shown = terminal.summary(judged, Path("reports"), width=200)
    assert "exit 1: a waiver has to be corrected" in shown
    for told in (html(judged), markdown(judged), shown, *annotations(judged)):
        assert "is no longer needed" in told


@pytest.mark.parametrize("given", [{"select": "limit"}, {"mishaps": Mishaps(stopped=True)}])
def test_what_was_judged_in_part_calls_no_waiver_needless(given: dict[str, Any]) -> None:
    partly = replace(results(CLEAN), **given)
    assert apply(partly, [waiver(requirement="order.fields")], TODAY).bad_waivers == ()


def test_they_are_read_back_from_the_results() -> None:
    waived = apply(results(CLEAN, FAILED), [waiver()], TODAY)
    assert of(Results.from_json(json.loads(json.dumps(waived.to_json())))) == [waiver()]
