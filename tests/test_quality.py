"""The code keeps to the style that pyproject.toml sets."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "words", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]], ids=lambda words: " ".join(words)
)
def test_tools_find_nothing(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    """Faults apart, which are many of a kind."""
    modules = (each for each in (CHECKOUT / "conformance").rglob("*.py") if each.parent.name != "faults")
    long = {each.name: lines for each in modules if (lines := len(each.read_text(encoding="utf-8").splitlines())) > 300}
    assert long == {}
