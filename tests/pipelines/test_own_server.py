"""docs/own-server.md: its lines for the shell, run as they stand there but for the port and the choice of checks."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from conformance import requirements

CHECKOUT = Path(__file__).parent.parent.parent
PAGE = (CHECKOUT / "docs" / "own-server.md").read_text(encoding="utf-8")

# What places few orders: a whole run sends 2,400 requests, and takes 16 s of CPU time.
QUICK = "access or cancel_live or list_answer or list_filters"


def test_the_page_leads_to_a_verdict(tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    profile = tmp_path / "examples" / "own-server.toml"
    profile.write_text(profile.read_text("utf-8").replace("8000", port), "utf-8")
    [block] = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)
    lines = block.replace("8000", port).replace("own-server.toml", f"own-server.toml -k '{QUICK}' || code=$?")
    script = lines.replace("pip install flask\n", "") + "exit ${code:-0}\n"
    around = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=around, text=True, capture_output=True, timeout=120, check=False
    )
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr + log
    assert "no violation found" in done.stdout
    assert '" 500 ' not in log


def test_the_page_names_requirements_and_lines_that_are_there() -> None:
    server = (CHECKOUT / "examples" / "own_server.py").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*`.*) \| `([\w.-]+)` \|$", PAGE, re.M)
    assert len(rows) == 3
    for change, id in rows:
        assert re.findall(r"`([^`]+)`", change)[0] in server
        assert id in requirements.load()
