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
