"""Wherever a run is started it says what it found: without a home, on a full disk, at a terminal of ASCII alone."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.reporting.files import NAMES
from tests.runs import Ended, run, start

QUICK = ("-k", "start_is_inclusive")
ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

_NO_HOME = (
    "import os, pwd\n"
    "for name in ('HOME', 'XDG_STATE_HOME'):\n"
    "    del os.environ[name]\n"
    "def nobody(uid):\n"
    "    raise KeyError(uid)\n"
    "pwd.getpwuid = nobody\n"
)
_ASCII = "import sys\nfor each in (sys.stdout, sys.stderr):\n    each.reconfigure(encoding='ascii', errors='strict')\n"
_FULL = "import os\nos.dup2(os.open('/dev/full', os.O_WRONLY), 1)\n"
# No file may become longer than this, so that a report is cut off in the middle.
_NO_SPACE = (
    "import resource, signal\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
)


def quick(folder: Path, patch: str, environ: Mapping[str, str] | None = None) -> Ended:
    return run(folder, *QUICK, patch=patch, **(environ or {}))


def test_a_user_without_a_home(tmp_path: Path) -> None:
    done = quick(tmp_path, _NO_HOME)
    assert done.code == 0, done.printed


@pytest.mark.parametrize(
    "words", [("run", *QUICK), ("requirements",), ("explain", "list.limit-max"), ("run", "-k", "nothing_like_it")]
)
def test_a_terminal_that_knows_ascii_alone(words: tuple[str, ...], tmp_path: Path) -> None:
    done = start(tmp_path, *words, patch=_ASCII, environ=ASCII).end()
    assert done.code == (3 if "nothing_like_it" in words else 0), done.printed
    assert done.printed.isascii()
    assert "Traceback" not in done.printed


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    done = quick(tmp_path, _NO_SPACE)
    last = done.stdout.splitlines()[-1]
    assert done.code == 4, done.printed
    assert last.startswith("no violation found (")
    assert "but the reports could not be written: File too large" in last
    assert "Traceback" not in done.printed
    written = {path.name for path in (tmp_path / "reports").iterdir()}
    assert "summary.md" in written, "what there is room for"
    assert written < set(NAMES), "nothing unfinished"


def test_an_output_that_takes_nothing(tmp_path: Path) -> None:
    done = quick(tmp_path, _FULL)
    assert done.code == 0, done.printed
    last = done.stderr.splitlines()[-1]
    assert last.startswith("no violation found (")
    assert last.endswith("(standard output: No space left on device)")


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_an_output_that_is_closed(closed: str, tmp_path: Path) -> None:
    number = {"stdout": 1, "stderr": 2}[closed]
    done = quick(tmp_path, f"import os, sys\nos.close({number})\nsys.{closed} = None\n")
    assert done.code == 0, done.printed


def test_nothing_is_left_in_the_current_folder(tmp_path: Path) -> None:
    done = run(tmp_path, *QUICK)
    assert done.code == 0, done.printed
    # The others are what the tests themselves keep of a run.
    assert {path.name for path in tmp_path.iterdir()} == {"reports", "stdout.txt", "stderr.txt", "peak.txt", "state"}


def test_a_log_has_no_padding_and_wraps_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, *QUICK, COLUMNS="40")
    lines = done.stdout.splitlines() + done.stderr.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert any(
        line.lstrip().startswith("cancel.keeps-fills, ") and line.endswith("error.envelope-4xx") for line in lines
    )
