"""Where credentials come from, and that they are never shown."""

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest

from conformance.target import credentials
from conformance.target.credentials import CredentialError, Redactor, Secret, from_source

VALUE = 'p@ss/w+rd"\\=é'


def test_a_secret_does_not_show_itself() -> None:
    @dataclass(frozen=True)
    class Holder:
        secret: Secret

    secret = Secret("hunter2-hunter2")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, repr(Holder(secret))]  # noqa: UP031
    assert all("hunter2" not in text and "Secret('***')" in text for text in shown)
    assert secret.reveal() == "hunter2-hunter2"


def test_a_literal() -> None:
    secret = from_source("abc", in_header=True)
    assert (secret.reveal(), secret.refresh(), secret.reveal()) == ("abc", False, "abc")


def test_an_environment_variable() -> None:
    secret = from_source({"env": "KEY"}, environ={"KEY": "abc"}, in_header=True)
    assert (secret.reveal(), secret.refresh()) == ("abc", False)


@pytest.mark.parametrize("content", ["abc", "abc\n", "abc\r\n", "abc\n\n"])
def test_a_file_loses_the_line_breaks_at_its_end(tmp_path: Path, content: str) -> None:
    (tmp_path / "token").write_bytes(content.encode())
    secret = from_source({"file": "token"}, folder=tmp_path, in_header=True)
    (tmp_path / "token").write_text("changed")
    assert (secret.reveal(), secret.refresh(), secret.reveal()) == ("abc", False, "abc")


def test_a_command_is_a_line_for_the_shell_and_is_asked_again(tmp_path: Path) -> None:
    command = 'n=$(cat count 2>/dev/null || echo 0); n=$((n+1)); echo $n > count; echo "  $PREFIX-$n  "'
    secret = from_source(
        {"command": command}, environ={"PREFIX": "tok", "PATH": "/usr/bin:/bin"}, folder=tmp_path, in_header=True
    )
    assert secret.reveal() == "tok-1"
    assert secret.reveal() == "tok-1"
    assert secret.refresh()
    assert secret.reveal() == "tok-2"
    assert secret.values == ("tok-1", "tok-2")


def test_a_secret_goes_back_to_a_value_that_its_source_gives_again() -> None:
    answers = iter(["second", "first"])
    secret = Secret("first", lambda: next(answers))
    secret.refresh()
    secret.refresh()
    assert secret.reveal() == "first"
    assert set(secret.values) == {"first", "second"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "the text is empty"),
        ("two\nlines", "line break"),
        ("Bearer abc", "without 'Bearer'"),
        ("naïve", "beyond ASCII"),
        ({"env": "UNSET"}, "the environment variable UNSET is not set; export it"),
        ({"env": "eyJ.hush.x"}, "is no name of an environment variable"),
        ({"env": "EMPTY"}, "the environment variable EMPTY is empty"),
        ({"file": "missing"}, "the file missing cannot be read: No such file or directory"),
        ({"file": "."}, "Is a directory"),
        ({"file": "a\0b"}, "cannot be read"),
        ({"file": "~no-such-user-here/token"}, "cannot be read"),
        ({"file": "empty"}, "the file empty is empty"),
        ({"file": "binary"}, "not UTF-8"),
        ({"command": "exit 3"}, "the command failed with exit code 3: no message"),
        ({"command": "echo first >&2; echo ask bob >&2; exit 1"}, "exit code 1: ask bob"),
        ({"command": "true"}, "what the command printed is empty"),
        ({"command": "printf 'a\\nb'"}, "line break"),
        ({"command": "printf '\\377'"}, "not UTF-8"),
        ({"command": "no-such-command-here"}, "exit code 127"),
        ({"command": "a\0b"}, "the command cannot be run"),
        ({"vault": "x"}, "vault is no source"),
    ],
)
def test_an_unusable_source_is_said_in_one_line(tmp_path: Path, source: str | dict[str, str], said: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(CredentialError) as error:
        from_source(source, environ={"EMPTY": "", "PATH": "/usr/bin:/bin"}, folder=tmp_path, in_header=True)
    assert said in str(error.value)
    assert "hush" not in str(error.value)


def test_what_is_not_sent_in_a_header_may_hold_blanks_and_any_letter() -> None:
    assert from_source("ein Schlüssel", in_header=False).reveal() == "ein Schlüssel"


def test_a_command_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(credentials, "COMMAND_TIMEOUT_S", 0.2)
    started = time.monotonic()
    with pytest.raises(CredentialError, match=r"did not end within 0\.2 s"):
        from_source({"command": "sleep 5; echo late"}, folder=tmp_path, in_header=True)
    assert time.monotonic() - started < 4


def test_a_command_cannot_wait_for_the_keyboard(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="empty"):
        from_source({"command": "cat"}, folder=tmp_path, in_header=True)


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        quote(VALUE),
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        quote(VALUE, safe="")
        .replace("%2B", "%2b")
        .replace("%C3%A9", "%c3%a9")
        .replace("%2F", "%2f")
        .replace("%3D", "%3d")
        .replace("%5C", "%5c"),
        urlencode({"key": VALUE}),
        json.dumps({"token": VALUE}),
        json.dumps({"token": VALUE}, ensure_ascii=False),
        json.dumps({"token": VALUE}).replace("/", "\\/"),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(VALUE.encode()).decode().rstrip("="),
    ],
)
def test_a_secret_is_redacted_in_every_form(form: str) -> None:
    text = Redactor([Secret(VALUE)]).redact(f"before {form} after")
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "***" in text
    assert "rd" not in text
    assert form not in text


def test_the_longest_secret_goes_first() -> None:
    redactor = Redactor([Secret("abcd"), Secret("abcdefgh")])
    assert redactor.redact("abcdefgh abcdef") == "*** ***ef"


def test_short_values_stay_since_they_stand_in_ordinary_words() -> None:
    assert Redactor([Secret("abc"), Secret("")]).redact("abcdef") == "abcdef"


def test_an_earlier_value_is_redacted_as_well_as_a_new_one() -> None:
    secret = Secret("token-one", lambda: "token-two")
    redactor = Redactor([secret])
    assert redactor.redact("token-one token-two") == "*** token-two"
    secret.refresh()
    assert redactor.redact("token-one token-two") == "*** ***"


def test_a_value_may_be_added() -> None:
    redactor = Redactor([])
    assert redactor.redact("later") == "later"
    redactor.add("later")
    assert redactor.redact("see you later") == "see you ***"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("https://h/p?a=1&signature=0a1bFF", "https://h/p?a=1&signature=***"),
        ("?signature=0a1b&b=2", "?signature=***&b=2"),
        ("?next=%2Fp%3Fsignature%3D0a1b", "?next=%2Fp%3Fsignature%3D***"),
        ('{"signature": "0a1b"}', '{"signature": "***"}'),
        ("the signature is wrong", "the signature is wrong"),
    ],
)
def test_signatures_are_redacted(text: str, redacted: str) -> None:
    assert Redactor([]).redact(text) == redacted


def test_headers_keep_the_scheme_of_a_credential() -> None:
    redactor = Redactor([Secret("t0ken")])
    given = {
        "Authorization": "Bearer unknown.to.the.redactor",
        "authorization": "t0ken alone",
        "X-MBX-APIKEY": "another key",
        "x-mbx-apikey": "key",
        "Set-Cookie": "sid=1; Path=/",
        "X-Gateway-Token": "abc",
        "X-Echo": "got t0ken",
        "Content-Type": "application/json",
    }
    assert redactor.redact_headers(given) == {
        "Authorization": "Bearer ***",
        "authorization": "***",
        "X-MBX-APIKEY": "***",
        "x-mbx-apikey": "***",
        "Set-Cookie": "***",
        "X-Gateway-Token": "***",
        "X-Echo": "got ***",
        "Content-Type": "application/json",
    }


def test_an_empty_credential_header_stays_empty() -> None:
    assert Redactor([]).redact_headers({"Authorization": ""}) == {"Authorization": ""}


def test_a_secret_is_redacted_where_it_is_the_name_of_a_header() -> None:
    assert Redactor([Secret("t0ken")]).redact_headers({"t0ken": "x", "X-t0ken": "y"}) == {"***": "x", "X-***": "y"}


@pytest.mark.parametrize(
    ("text", "presented"),
    [
        ("got abcd-efgh-abcd-ijkl", "got ***"),
        ('got "abcd-ef… (a string)', 'got "***… (a string)'),
        ("got abcd-efgh-abcd… and x…", "got ***… and x…"),
        ("abc… is too short to tell", "abc… is too short to tell"),
        ("\x1b[2J\u202e\u009b\n[b]", "\\x1b[2J\\u202e\\x9b\n[b]"),
    ],
)
def test_what_is_shown_holds_no_beginning_of_a_secret_and_no_escapes(text: str, presented: str) -> None:
    assert Redactor([Secret("abcd-efgh-abcd-ijkl")]).presentable(text) == presented
