"""No credential, and no signature, stands in anything that a run writes or prints: canaries tell."""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Sandbox
from conformance.sandbox.credentials import Keys
from tests.runs import Ended, run, run_pytest, start
from tests.sandboxes import profile_in

# So many characters of a secret are as good as all of it: forgeries change one in the middle, and show both halves.
TELLING = 16

SIGNATURE = re.compile(r"""signature["']?\s*(?:=|:|%3D)\s*["']?[0-9a-f]{64}""", re.IGNORECASE)


class Mine:
    """A folder in which runs work, and a sandbox that gives them canaries for credentials."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.signatures: set[str] = set()
        self._secrets: list[str] = []
        keys = sandbox.gatekeeper.keys
        for account in list(keys):
            # With what is escaped, encoded or split at by carelessness, and still fits into a header.
            canary, other = (hashlib.sha256(f"{kind} {account}".encode()).hexdigest() for kind in ("key", "secret"))
            made = Keys(account, keys[account].jwt, f"k/{canary}+=", f"s/{other}+=")
            keys[account] = sandbox.gatekeeper.by_key[made.api_key] = made
            self._secrets += [made.jwt.rpartition(".")[2], made.api_key, made.api_secret]

    def found(self) -> list[str]:
        """Where a secret or a signature stands in the folder, but for the profile."""
        secrets = (*self._secrets, *self.signatures)
        pieces = {each[at : at + TELLING] for each in secrets for at in range(len(each) - TELLING + 1)}
        places = []
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name != "profile.toml":
                text = path.read_text(encoding="utf-8", errors="replace")
                told = {text[at : at + TELLING] for at in range(len(text))} & pieces
                told |= {match[0] for match in SIGNATURE.finditer(text)}
                places += [f"{path.name}: {text[max(0, text.find(each) - 99) :][:200]}" for each in told]
        return places


@contextlib.contextmanager
def mine(folder: Path, sandbox: Sandbox, *, echoes: bool = False, refuses: bool = False) -> Iterator[Mine]:
    """Serve the sandbox while the context lasts. `echoes`: each answer holds all that was asked, in its body and in its
    headers; `refuses`: each is a 400 that does.
    """
    made = Mine(folder, sandbox)
    app = sandbox.face.app

    async def echoing(scope: Any, receive: Any, send: Any) -> None:
        query = scope["query_string"].decode()
        made.signatures |= set(re.findall(r"signature=([0-9a-f]{64})", query))
        asked = {name.decode(): value.decode() for name, value in scope["headers"]} | {"query": query}
        start: dict[str, Any] = {}

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body = _echo(message["body"], asked)
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            headers += [(f"x-echo-{name}".encode(), value.encode()) for name, value in asked.items()]
            headers.append((b"content-length", str(len(body)).encode()))
            await send({**start, "headers": headers})
            await send({**message, "body": body})

        if refuses and scope["path"].startswith("/api"):
            await answer({"type": "http.response.start", "status": 400, "headers": []})
            await answer({"type": "http.response.body", "body": b'{"error":{}}'})
        else:
            await app(scope, receive, answer if echoes else send)

    sandbox.face.app = echoing  # type: ignore[assignment]
    with profile_in(folder, sandbox):
        yield made


def _echo(body: bytes, asked: dict[str, str]) -> bytes:
    """The body with all that was asked in its first object, as JSON and as JSON in JSON."""
    document = json.loads(body)
    first = document[0] if isinstance(document, list) and document else document
    if isinstance(first, dict):
        first |= {"echo": asked, "log": json.dumps(asked)}
    return json.dumps(document).encode()


def expect_no_secret(made: Mine, done: Ended, *codes: int) -> None:
    assert done.code in codes, done.printed
    assert made.found() == []


TARGET = ("--target", "profile.toml")
WORDS = (*TARGET, "-k", "forged or credential or signature or start_is or behind or every_kind")
FEW = (*TARGET, "-k", "start_is or credential_alone")
NOTHING_REDACTED = (
    "from conformance.wire.redaction import Redactor\n"
    "Redactor.redact = lambda self, text: text\n"
    "Redactor.redact_headers = lambda self, headers: dict(headers)\n"
)


def test_the_canaries_would_be_heard(tmp_path: Path) -> None:
    with mine(tmp_path, faults.load()["start-exclusive"].sandbox(), echoes=True) as made:
        assert run(tmp_path, *WORDS, patch=NOTHING_REDACTED).code == 1
        told = {place.partition(":")[0] for place in made.found()}
    assert {"results.json", "junit.xml"} <= told
    assert len(made.signatures) > 10


def test_a_run_that_finds_nothing(tmp_path: Path) -> None:
    with mine(tmp_path, Sandbox()) as made:
        expect_no_secret(made, run(tmp_path, *WORDS), 0)


def test_a_run_that_finds_something(tmp_path: Path) -> None:
    with mine(tmp_path, faults.load()["signatures-unverified"].sandbox()) as made:
        expect_no_secret(made, run(tmp_path, *WORDS), 1)


@pytest.mark.parametrize("name", ["start-exclusive", "keys-may-not-cancel", "behind-the-signature-counts"])
def test_a_target_that_echoes(name: str, tmp_path: Path) -> None:
    with mine(tmp_path, faults.load()[name].sandbox(), echoes=True) as made:
        expect_no_secret(made, run(tmp_path, *WORDS), 1)


@pytest.mark.parametrize("name", ["tokens-unverified", "any-payload-will-do", "keys-by-their-beginning"])
def test_a_target_that_echoes_what_was_forged_from_a_secret(name: str, tmp_path: Path) -> None:
    with mine(tmp_path, faults.load()[name].sandbox(), echoes=True) as made:
        expect_no_secret(made, run(tmp_path, *WORDS), 1)


def test_a_target_that_refuses_with_all_that_it_was_asked(tmp_path: Path) -> None:
    with mine(tmp_path, Sandbox(), refuses=True) as made:
        expect_no_secret(made, run(tmp_path, *WORDS), 1, 3)
        expect_no_secret(made, start(tmp_path, "doctor", *TARGET).end(), 3)


# What pytest is told for a closer look: values of locals, whole tracebacks, and what libraries log.
CLOSELY = ("-vv", "--showlocals", "--tb=long", "-o", "log_cli=true", "--log-cli-level=DEBUG", "--junitxml=pytest.xml")

CRASHES = {
    "with a secret in its words": (
        "from conformance.account.known import Known\n"
        "def explains(self, page, blamed=None):\n"
        "    raise ValueError([self._account.signer.authorize('', kind) for kind in self._account.credentials])\n"
        "Known.explains = explains\n"
    ),
    "where secrets are at hand": (
        "from conformance.wire.redaction import Redactor\n"
        "from conformance.account.known import Known\n"
        "def redact_headers(self, headers):\n"
        "    raise KeyError('boom')\n"
        "def explains(self, page, blamed=None):\n"
        "    Redactor.redact_headers = redact_headers\n"
        "    self._account.list(page.query, 'api-key')\n"
        "Known.explains = explains\n"
    ),
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_check_that_crashes(crash: str, tmp_path: Path) -> None:
    with mine(tmp_path, Sandbox()) as made:
        expect_no_secret(made, run(tmp_path, *FEW, patch=CRASHES[crash]), 4)
        expect_no_secret(made, run_pytest(tmp_path, *FEW, *CLOSELY, patch=CRASHES[crash]), 4)


def test_a_look_at_what_is_found(tmp_path: Path) -> None:
    with mine(tmp_path, faults.load()["start-exclusive"].sandbox(), echoes=True) as made:
        expect_no_secret(made, run_pytest(tmp_path, *FEW, *CLOSELY), 1)


def test_a_plugin_that_crashes(tmp_path: Path) -> None:
    patch = (
        "from conformance.judging import verdicts\n"
        "from conformance.account.account import Account\n"
        "calls = []\n"
        "send = Account.send\n"
        "Account.send = lambda self, *given, **more: (calls.append(given), send(self, *given, **more))[1]\n"
        "def results(*_):\n"
        "    raise ValueError(calls)\n"
        "verdicts.results = results\n"
    )
    with mine(tmp_path, Sandbox()) as made:
        expect_no_secret(made, run(tmp_path, *FEW, patch=patch), 4)


def test_a_run_that_is_killed_leaves_no_secret_in_its_journal(tmp_path: Path) -> None:
    patch = "import os\nfrom conformance.judging.judge import Judge\nJudge.running = lambda *_: os._exit(137)\n"
    with mine(tmp_path, Sandbox()) as made:
        expect_no_secret(made, run(tmp_path, *FEW, patch=patch), 137)
    assert list((tmp_path / "state").rglob("*.jsonl"))
