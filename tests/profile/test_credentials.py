"""Where credentials come from."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.profile import secrets
from conformance.profile.secrets import CredentialError, Secret, from_source

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


def test_another_value_is_asked_for_once_whoever_was_refused() -> None:
    answers = iter(["second", "second", "third"])
    secret = Secret("first", lambda: next(answers))
    assert [secret.in_place_of("first"), secret.in_place_of("first")] == ["second", "second"]
    assert secret.in_place_of("second") is None, "the source gives the same again"
    assert secret.in_place_of("made up") is None
    assert secret.in_place_of("second") == "third"
    assert Secret("literal").in_place_of("literal") is None


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
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT_S", 0.2)
    started = time.monotonic()
    with pytest.raises(CredentialError, match=r"did not end within 0\.2 s"):
        from_source({"command": "sleep 5; echo late"}, folder=tmp_path, in_header=True)
    assert time.monotonic() - started < 4


def test_a_command_cannot_wait_for_the_keyboard(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="empty"):
        from_source({"command": "cat"}, folder=tmp_path, in_header=True)
