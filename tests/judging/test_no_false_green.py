"""No way leads to a green run that has not judged."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Sandbox
from conformance.sandbox.records import from_record
from tests.orders import record
from tests.runs import GONE_FOR_GOOD, Ended, live, run, run_pytest
from tests.sandboxes import profile_in

# A check that is quick, and that this fault does not get past.
QUICK = "start_is_inclusive"
FAULT = "start-exclusive"


# -- nothing selected, or too little -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["-k", "nothing_at_all"], 3, "matches no check"),
        (["-k", "("], 2, "cannot be read"),
        (["-k", QUICK, "--require", "must"], 3, "--require must names"),
        (["-k", QUICK, "--require", "all"], 3, "--require all names"),
        (["--scope", "read-only"], 3, "no response had an order"),
        (["--scope", "some"], 2, "--scope"),
        (["--target", "nobody.toml"], 2, "accounts"),
        (["--target", "bare.toml"], 2, "accounts.caller: has no credentials"),
        (["--target", "broken.toml"], 2, "broken.toml"),
    ],
)
def test_too_little_to_judge(words: list[str], code: int, says: str, tmp_path: Path) -> None:
    target = '[target]\nname = "t"\nbase_url = "http://127.0.0.1:1"\n'
    (tmp_path / "nobody.toml").write_text(target, encoding="utf-8")
    (tmp_path / "bare.toml").write_text(f'{target}[accounts.caller]\nname = "alice"\n', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("[target\n", encoding="utf-8")
    done = run(tmp_path, *words)
    assert done.code == code, done.printed
    assert says in done.printed
    assert done.results.get("verdict") != "pass"


def test_seeing_orders_is_not_judging_when_every_check_is_skipped(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.exchange.inject(from_record("alice", record("one", status="canceled")))
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "--scope", "read-only", "-k", "cancel_nothing")
    assert done.code == 3, done.printed
    assert done.results["verdict"] != "pass"


# -- what lies around ----------------------------------------------------------------------------------------------

SKIP_ALL = (
    "import pytest\n"
    "def pytest_collection_modifyitems(items):\n"
    "    for item in items:\n"
    "        item.add_marker(pytest.mark.skip(reason='not today'))\n"
)
EXPECT_FAILURES = SKIP_ALL.replace("skip(reason='not today')", "xfail(reason='we know')")
FORGET_ALL = "def pytest_collection_modifyitems(items):\n    items.clear()\n"
AROUND: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "addopts select nothing": ({}, {"PYTEST_ADDOPTS": "-k nothing_at_all"}),
    "addopts take out by marker": ({}, {"PYTEST_ADDOPTS": "-m 'not verifies'"}),
    "addopts collect alone": ({}, {"PYTEST_ADDOPTS": "--collect-only"}),
    "addopts set up alone": ({}, {"PYTEST_ADDOPTS": "--setup-only"}),
    "addopts without functions": ({}, {"PYTEST_ADDOPTS": "-p no:python"}),
    "addopts without the plugin": ({}, {"PYTEST_ADDOPTS": "-p no:conformance.plugin"}),
    "pytest.ini selects nothing": ({"pytest.ini": "[pytest]\naddopts = -k nothing_at_all\n"}, {}),
    "pytest.ini knows no functions": ({"pytest.ini": "[pytest]\npython_functions = never\n"}, {}),
    "setup.cfg selects nothing": ({"setup.cfg": "[tool:pytest]\naddopts = -k nothing_at_all\n"}, {}),
    "pyproject.toml selects nothing": (
        {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-k nothing_at_all"\n'},
        {},
    ),
    "conftest.py skips all": ({"conftest.py": SKIP_ALL}, {}),
    "conftest.py expects failures": ({"conftest.py": EXPECT_FAILURES}, {}),
    "conftest.py forgets all": ({"conftest.py": FORGET_ALL}, {}),
}
# Where it is anything but that nothing was judged. A plugin that is asked for after all is there.
MOVED_TO = {"addopts without the plugin": 1, "conftest.py expects failures": 1}


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_a_run_is_not_moved_by_what_lies_around(tmp_path: Path) -> None:
    """All at once, on a target that is wrong: any effect would show as another verdict."""
    for files, _ in AROUND.values():
        lay(tmp_path, files)
    options = " ".join(environ.get("PYTEST_ADDOPTS", "") for _, environ in AROUND.values())
    environ = {"PYTEST_ADDOPTS": options, "PYTEST_PLUGINS": "conftest"}
    with profile_in(tmp_path, faults.load()[FAULT].sandbox()) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK, **environ)
    assert done.code == 1, done.printed
    assert done.with_verdict("fail") == {"list.start"}


def test_a_run_judges_without_pythons_assertions_too(tmp_path: Path) -> None:
    with profile_in(tmp_path, faults.load()[FAULT].sandbox()) as profile:
        words = ["run", "--target", str(profile), "-k", QUICK, "--report-dir", str(tmp_path)]
        done = subprocess.run([sys.executable, "-OO", "-m", "conformance", *words], capture_output=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr


@pytest.mark.parametrize("around", AROUND)
def test_pytest_is_moved_by_what_lies_around_but_never_to_green(around: str, tmp_path: Path) -> None:
    files, environ = AROUND[around]
    lay(tmp_path, files)
    words = () if "select" in around else ("-k", QUICK)
    with profile_in(tmp_path, faults.load()[FAULT].sandbox()) as profile:
        done = run_pytest(tmp_path, "--target", profile, *words, **environ)
    assert done.code == MOVED_TO.get(around, 3), done.printed
    assert done.results.get("verdict") != "pass"
    assert done.results.get("exit_code", 4) == done.code


# -- targets that cannot be judged ---------------------------------------------------------------------------------

App = Callable[[Any, Any, Any], Any]


def answering(status: int, body: bytes, content_type: str = "application/json") -> App:
    """A server that gives one answer to everything."""

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def hanging_up(_scope: Any, _receive: Any, send: Any) -> None:
    """A server that closes each connection before it answers."""
    send.__self__.transport.abort()


def lost_after_set_up(app: App, then: App) -> App:
    """The server `app` until both accounts have got their orders; `then` from there on."""
    injected = 0

    async def losing(scope: Any, receive: Any, send: Any) -> None:
        nonlocal injected
        await (app if injected < 2 else then)(scope, receive, send)
        injected += scope["path"] == "/_test/orders"

    return losing


THEN: dict[str, App] = {
    "hangs up": hanging_up,
    "500": answering(500, b'{"error":"DB_ERROR"}'),
    "502": answering(502, b"<html>Bad Gateway</html>", "text/html"),
    "404": answering(404, b'{"error":"NOT_FOUND"}'),
    "401": answering(401, b'{"error":"UNAUTHORIZED"}'),
    "nothing there": answering(200, b"[]"),
    "a page": answering(200, b"<html>Maintenance</html>", "text/html"),
    "null": answering(200, b"null"),
    "no content": answering(204, b""),
    "redirect": answering(302, b""),
}


@pytest.mark.parametrize("then", THEN)
def test_a_target_that_is_something_else(then: str, tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.face.app = THEN[then]  # type: ignore[assignment]
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK, patch=GONE_FOR_GOOD)
    expect_not_green(done)


@pytest.mark.parametrize("then", ["hangs up", "500", "502", "nothing there", "a page"])
def test_a_target_that_is_lost_after_set_up(then: str, tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.face.app = lost_after_set_up(sandbox.face.app, THEN[then])  # type: ignore[assignment]
    with profile_in(tmp_path, sandbox) as profile:
        words = ("-k", f"{QUICK} or plain_list or cancel_nothing")
        done = run(tmp_path, "--target", profile, *words, patch=GONE_FOR_GOOD)
    expect_not_green(done)
    left = " ".join(done.results["mishaps"]["left"])
    assert live(sandbox), "it was lost with orders on it"
    assert all(order.id in left for order in live(sandbox))
    assert not done.results["mishaps"]["crashes"]


def test_a_wrong_base_path(tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox()) as profile:
        profile.write_text(profile.read_text(encoding="utf-8").replace("/api/v1", "/api/v2"), encoding="utf-8")
        expect_not_green(run(tmp_path, "--target", profile, "-k", QUICK))


def test_credentials_that_are_refused(tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox()) as profile:
        wrong = re.sub(r'(jwt|api_key) = "', r"\g<0>x", profile.read_text(encoding="utf-8"))
        profile.write_text(wrong, encoding="utf-8")
        done = run(tmp_path, "--target", profile, "-k", QUICK)
    assert done.code == 3, done.printed
    assert "refused" in done.printed


def test_an_empty_account_that_nothing_can_be_brought_into(tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox()) as profile:
        profile.write_text(profile.read_text(encoding="utf-8").partition("[driver")[0], encoding="utf-8")
        done = run(tmp_path, "--target", profile, "-k", "list or cancel_nothing")
    assert done.code == 3, done.printed
    assert "no response had an order" in done.printed


def expect_not_green(done: Ended) -> None:
    assert done.code in (1, 3), done.printed
    assert done.results["exit_code"] == done.code
    assert done.results["verdict"] != "pass"
    assert "no violation found (" not in done.printed
    assert "conformant (" not in done.printed


# -- crashes of the suite ------------------------------------------------------------------------------------------

CRASHES = {
    "in a check": "from conformance.account.known import Known\nKnown.explains = lambda *_: {}['boom']\n",
    "in set-up": "from conformance.stage.arranger import Arranger\nArranger.histories = lambda *_: {}['boom']\n",
    "in the judge": "from conformance.judging.judge import Judge\nJudge.outcome = lambda *_: {}['boom']\n",
    "in the worker": "from conformance.judging.worker import Worker\nWorker._turn = lambda *_: {}['boom']\n",
    "in configuring": "from conformance.judging.worker import Worker\nWorker.__init__ = lambda *_: {}['boom']\n",
    "in gathering": (
        "from conformance.judging.gathering import Gathering\n"
        "Gathering.pytest_runtest_logreport = lambda self, report: {}['boom']\n"
    ),
    "in the verdicts": "from conformance.judging import verdicts\nverdicts.results = lambda *_: {}['boom']\n",
    "in the report": "from conformance.reporting import files\nfiles.FORMATS['junit.xml'] = lambda *_: {}['boom']\n",
    "in cleaning up": "from conformance.judging import stages\nstages.clean_up = lambda *_: {}['boom']\n",
    "in a module of checks": "import conformance.declare as declare\nFACTS = declare.FACTS\ndeclare.FACTS = {}\n",
}


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_of_the_suite(where: str, tmp_path: Path) -> None:
    done = run(tmp_path, "-k", QUICK, patch=CRASHES[where])
    assert done.code == 4, done.printed
    assert "KeyError" in done.printed
    assert "Traceback" not in done.printed
    assert done.results.get("exit_code", 4) == 4
    assert done.results.get("verdict") != "pass"


def test_a_crash_never_hides_a_violation(tmp_path: Path) -> None:
    with profile_in(tmp_path, faults.load()[FAULT].sandbox()) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK, patch=CRASHES["in cleaning up"])
    assert done.code == 1, done.printed
    assert done.results["partial"] is True


def test_a_worker_that_vanishes(tmp_path: Path) -> None:
    (tmp_path / "test_vanishing.py").write_text(
        "import os\n"
        "from conformance.declare import verifies\n"
        "@verifies('list.array')\n"
        "def test_it_vanishes(caller):\n"
        "    caller.list()\n"
        "    os._exit(0)\n"
        "@verifies('list.array')\n"
        "def test_it_is_an_array(caller):\n"
        "    caller.list()\n",
        encoding="utf-8",
    )
    with profile_in(tmp_path, Sandbox()) as profile:
        done = run_pytest(tmp_path, "--target", profile, "test_vanishing.py", "-n", "2", "--max-worker-restart=0")
    assert done.code == 4, done.printed
    assert "went down" in str(done.results["mishaps"]["crashes"])
    assert "may be left" in str(done.results["mishaps"]["left"])


def test_a_worker_whose_checks_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import absent_altogether\n", encoding="utf-8")
    with profile_in(tmp_path, Sandbox()) as profile:
        done = run_pytest(tmp_path, "--target", profile, "test_broken.py", "-n", "2")
    assert done.code == 4, done.printed
    assert done.results.get("verdict") != "pass"


def test_what_an_earlier_run_found_does_not_stand_for_one_that_was_killed(tmp_path: Path) -> None:
    assert run(tmp_path, "-k", QUICK).results["verdict"] == "pass"
    killed = "import os\nfrom conformance.judging.judge import Judge\nJudge.running = lambda *_: os._exit(137)\n"
    done = run(tmp_path, "-k", QUICK, patch=killed)
    assert done.code == 137, done.printed
    assert done.results == {}
    assert not (tmp_path / "reports" / "junit.xml").exists()
