"""The line that moves, in Chinese."""

import pytest
from rich.console import Console

from conformance.reporting.progress import Progress
from tests.language.english import english


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("check", ["test_a_busy_engine_is_a_503_that_passes[jwt]", "test_the_line_is_left_to_turn"])
def test_each_part_of_the_line_is_chinese_and_a_check_is_a_name(check: str) -> None:
    shown = Progress(Console(quiet=True), 4)
    assert not list(english(shown.told()))
    for _ in range(3):
        shown.ended()
    shown.violated()
    shown.starts(f"test_errors.py::{check}")
    assert not list(english(shown.told()))
    assert shown.told().startswith("3/4 项检查, 1 项违反, ")
    assert shown.told().endswith(check.removeprefix("test_").partition("[")[0])
    shown.close()
