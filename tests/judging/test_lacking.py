"""What doctor says that a profile lacks."""

import re

from conformance.judging.lacking import lacking
from conformance.profile import loader
from conformance.requirements.selection import everything, selection
from conformance.sandbox import Sandbox


def profile_without(pattern: str) -> str:
    with Sandbox(1).serve() as served:
        text, count = re.subn(pattern, "", served.profile_toml)
    assert count
    return text


def test_a_whole_profile_lacks_nothing() -> None:
    assert not list(lacking(loader.loads(profile_without(r"^$|\Z"), "p"), everything()))


def test_without_a_driver_what_needs_one_is_named() -> None:
    profile = loader.loads(profile_without(r"\[driver[\s\S]*"), "p")
    told = {remark.remedy: remark.says for remark in lacking(profile, everything())}
    assert "list.db-error" in told["add [driver.fault]"]
    assert "cancel.idempotent" in told["add [[markets]], with [driver.place] or [driver.inject]"]
    assert "list.limit-max" not in " ".join(told.values()), "the account may have as many orders"


def test_only_what_is_selected_is_named() -> None:
    profile = loader.loads(profile_without(r"\[driver[\s\S]*"), "p")
    [remark] = lacking(profile, selection("list.db-error,list.start"))
    assert remark.says == "cannot be tested: list.db-error"


def test_a_requirement_that_one_check_can_test_is_not_named() -> None:
    profile = loader.loads(profile_without(r"\[driver\.inject[^[]*(\[driver\.inject[^[]*)?"), "p")
    assert not list(lacking(profile, everything()))
