"""Waivers: complete, in force, needed; and never a change of the verdict."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance.gating.waivers import Waiver, WaiverError, apply, load
from conformance.reporting import words
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


def test_a_waived_requirement_keeps_its_verdict_and_fails_nothing() -> None:
    waived, problems = apply(results(CLEAN, FAILED), [waiver()], TODAY)
    assert problems == []
    [failed] = waived.with_verdict(Verdict.FAIL)
    assert failed.waiver == {**waiver().to_json(), "expires": "2026-06-01"}
    assert (waived.exit_code, waived.verdict) == (0, Verdict.PASS)
    assert waived.to_json()["requirements"][1]["verdict"] == "fail"


@pytest.mark.parametrize("require", ["none", "must"])
def test_that_something_is_waived_is_always_said(require: str) -> None:
    waived, _ = apply(results(CLEAN, FAILED, require=require), [waiver()], TODAY)
    assert "1 waived" in words.headline(waived)


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
    judged, [problem] = apply(results(CLEAN, FAILED), [given], TODAY)
    assert says in problem
    assert "orders" in problem
    assert judged.exit_code == 1
