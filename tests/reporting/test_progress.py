"""What a run shows while it works."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from rich.console import Console

from conformance.reporting import progress
from conformance.reporting.progress import Progress

CHECK = "test_list_filters.py::test_start_is_inclusive[0-jwt]"


def plain(shown: str) -> list[str]:
    """The lines that a terminal was told to show, one after the other."""
    return [line for line in re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)) if line.strip()]


def test_the_line_turns_while_a_check_works() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=200)
    shown = Progress(console, 2)
    shown.starts(CHECK)
    shown.ended()
    shown.violated()
    shown.starts(CHECK)
    time.sleep(1.2)
    shown.close()
    lines = plain(console.file.getvalue())  # type: ignore[attr-defined]
    turning = {line[0] for line in lines if "1/2 checks, 1 violated" in line and "start is inclusive" in line}
    assert len(turning) >= 3
    assert any("about 1 s to go: start is inclusive" in line for line in lines)


def test_a_narrow_terminal_has_one_line_all_the_same() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=20)
    shown = Progress(console, 2)
    shown.close()
    assert {len(line.rstrip()) for line in plain(console.file.getvalue())} <= set(range(21))  # type: ignore[attr-defined]


def test_a_log_has_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), width=20)
    shown = Progress(console, 20)
    for _ in range(20):
        shown.starts(CHECK)
        shown.ended()
    monkeypatch.setattr(progress, "_LOG_EVERY_S", 0)
    shown.starts(CHECK)
    shown.close()
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines == ["0/20 checks, 0 s: setting up", "20/20 checks, 0 s: start is inclusive"]


def test_pytest_does_not_take_the_line_away(tmp_path: Path) -> None:
    """It takes standard output and error for itself while a check works."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 40, 0, 0))
    words = [sys.executable, "-m", "conformance", "run", "-k", "any_sequence or any_number or fills"]
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environ["XDG_STATE_HOME"] = str(tmp_path)
    run = subprocess.Popen(words, cwd=tmp_path, env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while read := os.read(ours, 2**16):
            shown += read
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    assert run.wait(60) == 0
    frames = {line for line in plain(shown.decode()) if re.match(r"[-/|\\\\] \d+/\d+ check", line)}
    assert len(frames) >= 4, shown.decode()
    assert max(map(len, frames)) <= 40, "one line, however narrow the terminal"
