"""Sealed reports: every byte counts, signatures tell, and what does not agree is named with its file and place."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from conformance.cli import main
from conformance.judging.configuration import configuration
from conformance.reporting import files
from conformance.reporting.statement import sha256
from conformance.results import Finding, Results
from conformance.sealing import container, signature
from conformance.sealing.agreement import disagreements
from conformance.sealing.evidence import judged_otherwise
from conformance.verdict import Verdict
from tests.gating.test_waivers import waiver
from tests.reporting.test_terminal import CLEAN, FINDING, requirement, results

ORDER = {
    "id": "4b3a6f0e-7a55-4b6f-9d0c-0d3a5d1f7a11",
    "symbol": "DFUSDT",
    "side": "buy",
    "type": "limit",
    "tif": "gtc",
    "price": "0.5",
    "quantity": "10",
    "quote_quantity": None,
    "filled_qty": "0",
    "avg_fill_price": "0",
    "status": "open",
    "reject_reason": None,
    "created_at": 1700000000,
    "updated_at": 1700000000,
}


def exchange(*orders: object) -> dict[str, object]:
    return {
        "account": "alice",
        "method": "GET",
        "url": "http://127.0.0.1/api/v1/spot/orders?limit=1000",
        "request_headers": {"Authorization": "Bearer ***"},
        "request_body": "",
        "status": 200,
        "response_headers": {"content-type": "application/json"},
        "response_body": "\n".join(["[", ",\n".join(f"  {json.dumps(each)}" for each in orders), "]"]),
        "sent_at": 1700000001.25,
        "elapsed_ms": 3.1,
        "problem": None,
        "operation": "list",
        "forged": None,
    }


def violated(*orders: object) -> Results:
    finding: Finding = replace(FINDING, exchanges=(exchange(*orders),))
    told = f"want {finding.want}; got {finding.got}"
    broken = replace(requirement("list.limit-max", Verdict.FAIL, reason=told), findings=(finding,))
    follows = requirement("order.timestamps", Verdict.PASS)
    labels = {"version": "1.4.2", "digest": f"sha256:{'ab' * 32}"}
    return replace(results(CLEAN, broken, follows), labels=labels, configuration={"suite": "cd" * 32})


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "reports"
    files.write(violated(ORDER), folder)
    told = "want at most 200 orders for limit=1000; got 333"
    assert told in (folder / "results.json").read_text(encoding="utf-8")
    assert call("gate", str(folder)).exit_code == 1
    return folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        key = ed25519.Ed25519PrivateKey.generate()
        (folder / f"{name}.pem").write_bytes(_pem(key))
        public = serialization.PublicFormat.SubjectPublicKeyInfo
        (folder / f"{name}.pub").write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, public))
    (folder / "curve.pem").write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
    return folder


def _pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def in_folder(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def is_found(data: bytes) -> bool:
    try:
        sealed = container.unpack(data)
        signature.expect_signed(sealed, None)
    except container.Damaged:
        return True
    return bool(disagreements(sealed))


@pytest.mark.parametrize("signs", [False, True])
def test_a_hundred_changed_bytes_are_found(report: Path, keys: Path, signs: bool) -> None:
    """scripts/change_bytes.py tries a thousand of them, by the command."""
    content = in_folder(report)
    sealed = container.pack(content | (signature.signed(content, keys / "ours.pem") if signs else {}))
    assert not is_found(sealed)
    drawn = random.Random(1)
    for place in drawn.sample(range(len(sealed)), 100):
        changed = bytearray(sealed)
        changed[place] ^= drawn.randrange(1, 256)
        assert is_found(bytes(changed)), place


def test_what_is_appended_or_cut_off_is_found(report: Path) -> None:
    sealed = container.pack(in_folder(report))
    assert all(is_found(each) for each in (sealed + b"\0", sealed[:-1], sealed + b"\0" * 10240, b"", sealed[:512]))


def test_the_same_report_gives_the_same_bytes(report: Path, keys: Path, tmp_path: Path) -> None:
    made = [tmp_path / "one.tar", tmp_path / "two.tar"]
    for each in made:
        assert call("seal", str(report), "--key", str(keys / "ours.pem"), "--out", str(each)).exit_code == 0
    assert made[0].read_bytes() == made[1].read_bytes()


def test_a_gate_on_a_sealed_file_decides_as_on_its_report(report: Path, keys: Path, tmp_path: Path) -> None:
    sealed = tmp_path / "report.seal.tar"
    call("seal", str(report), "--key", str(keys / "ours.pem"), "--out", str(sealed))
    done = call("gate", str(sealed), "--public-key", str(keys / "ours.pub"), "--statement", str(tmp_path / "said.json"))
    assert (done.exit_code, call("gate", str(report)).exit_code) == (1, 1)
    assert "all of it agrees; signed with the key" in done.output
    assert "list.limit-max is violated" in done.output
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    subjects = {each["name"]: each["digest"]["sha256"] for each in said["subject"]}
    assert subjects == {"t": "ab" * 32, "results.json": sha256((report / "results.json").read_bytes())}
    assert said["predicate"]["failedTests"] == ["list.limit-max"]


def test_another_key_is_no_good(report: Path, keys: Path, tmp_path: Path) -> None:
    sealed, plain = tmp_path / "report.seal.tar", tmp_path / "plain.seal.tar"
    call("seal", str(report), "--key", str(keys / "ours.pem"), "--out", str(sealed))
    call("seal", str(report), "--out", str(plain))
    done = call("gate", str(sealed), "--public-key", str(keys / "theirs.pub"))
    assert done.exit_code == 2
    assert "public-key.pem: it is signed with the key" in done.output
    assert "a key that it brings along" in call("gate", str(sealed)).output
    assert "it is not signed" in call("gate", str(plain), "--public-key", str(keys / "ours.pub")).output
    assert "not signed" in call("gate", str(plain)).output


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("curve.pem", "no Ed25519 key"),
        ("ours.pub", "no private key in PEM form"),
        ("nowhere.pem", "No such file"),
    ],
)
def test_a_wrong_key_is_told_in_a_line(report: Path, keys: Path, tmp_path: Path, key: str, says: str) -> None:
    done = call("seal", str(report), "--key", str(keys / key), "--out", str(tmp_path / "x.tar"))
    assert (done.exit_code, (tmp_path / "x.tar").exists()) == (2, False)
    assert says in done.output
    assert len(done.output.splitlines()) == 1


def edited(report: Path, name: str, change: Callable[[str], str]) -> list[str]:
    """What does not agree once one file says otherwise."""
    content = in_folder(report)
    content[name] = change(content[name].decode()).encode()
    return disagreements(content)


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("results.json", '"exit_code": 1', '"exit_code": 0', "results.json: exit_code is 0, and 1 follows"),
        (
            "results.json",
            '"verdict": "fail",\n      "reason"',
            '"verdict": "pass",\n      "reason"',
            "limit-max: verdict",
        ),
        ("results.json", "got 333", "got 334", "results.json: requirements.list.limit-max: reason"),
        ("results.json", "order.fields", "order.field", "junit.xml: testcase order.field"),
        ("exchanges.har", "limit=1000", "limit=1001", "exchanges.har: list.limit-max, exchange 1"),
        ("exchanges.har", "DFUSDT", "DFUSDX", "exchanges.har: GET http://127.0.0.1"),
        ("junit.xml", "<failure", "<error", "junit.xml"),
        ("summary.md", "`list.limit-max`", "`list.limit-min`", "summary.md: list.limit-max"),
        ("statement.json", '"failedTests": [', '"failedTests": ["x",', "statement.json: $.predicate.failedTests"),
        ("statement.json", "1.4.2", "1.4.3", "statement.json: $.predicate.p99_run.version"),
        ("report.html", "<html", "<HTML", "statement.json: $.subject[1].digest.sha256"),
        ("gate-statement.json", '"FAILED"', '"PASSED"', "gate-statement.json: $.predicate.result"),
    ],
)
def test_what_does_not_agree_is_named_with_its_place(report: Path, name: str, old: str, new: str, place: str) -> None:
    assert old in (report / name).read_text(encoding="utf-8")
    told = edited(report, name, lambda text: text.replace(old, new))
    assert any(place in line for line in told), told


def test_what_is_no_json_is_told(report: Path) -> None:
    assert edited(report, "results.json", lambda text: text[:-9])[0].startswith("results.json: no results of a run")
    assert any("no HTTP archive" in line for line in edited(report, "exchanges.har", lambda _: "{"))
    assert any("no JUnit XML" in line for line in edited(report, "junit.xml", lambda _: "<"))
    assert any("statement.json: $" in line for line in edited(report, "statement.json", lambda _: "["))


def test_what_the_evidence_shows_and_no_verdict_says_is_told() -> None:
    late = {**ORDER, "updated_at": ORDER["created_at"] - 1}  # type: ignore[operator]
    told = list(judged_otherwise(violated(ORDER, late)))
    assert told == [
        "requirements.order.timestamps: verdict pass, and a list in the evidence of list.limit-max breaks it"
    ]


def test_a_gate_that_waived_is_decided_again_from_what_it_was_told(tmp_path: Path) -> None:
    files.write(violated(ORDER), tmp_path)
    agreed = tmp_path / "waivers.toml"
    agreed.write_text(
        '[[waiver]]\nrequirement = "list.limit-max"\ntarget = "t"\nowner = "x"\nreason = "y"\nexpires = 2999-01-01\n',
        encoding="utf-8",
    )
    assert call("gate", str(tmp_path), "--waivers", str(agreed)).exit_code == 0
    agreed.unlink()
    assert disagreements(in_folder(tmp_path)) == []
    told = edited(tmp_path, "gate-statement.json", lambda text: text.replace("2999-01-01", "2000-01-01"))
    assert any("p99_run.exit_code" in line for line in told)


def test_a_waiver_in_results_has_to_accept_what_it_stands_beside(tmp_path: Path) -> None:
    given = violated(ORDER)
    passed = replace(given.requirements[0], waiver=waiver(requirement=CLEAN.id).to_json())
    files.write(replace(given, requirements=(passed, *given.requirements[1:])), tmp_path)
    assert any("waiver: it does not accept this" in line for line in disagreements(in_folder(tmp_path)))


def test_a_report_that_does_not_agree_is_not_sealed(report: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name, content in in_folder(report).items():
        (copy / name).write_bytes(content.replace(b"got 333", b"got 12"))
    done = call("seal", str(copy), "--out", str(tmp_path / "x.tar"))
    assert (done.exit_code, (tmp_path / "x.tar").exists()) == (2, False)
    assert "statement.json: $.subject" in done.output


def test_what_is_no_report_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"hello")
    assert call("gate", str(tmp_path / "x.tar")).exit_code == 2
    assert "no sealed report" in call("gate", str(tmp_path / "x.tar")).output
    assert "No such file" in call("seal", str(tmp_path / "nowhere")).output


def test_the_digests_name_what_judged() -> None:
    assert all(len(digest) == 64 for digest in configuration(None).values())
