"""Credentials, and the sources that they come from. A value is never shown by accident."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

COMMAND_TIMEOUT_S = 30  # enough for a login at a slow identity provider; a command that asks for input would never end
MASK = "***"

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_THE_SHELL = re.compile(r"\$\{?([A-Z_][A-Z0-9_]*)\}?")
_IN_QUOTES = re.compile(r"""(["']).*\1""")


class CredentialError(Exception):
    """A source gave no usable credential. The message is one line, and shows no part of the value."""


class Secret:
    """A value that is never shown by accident. `ask` gets the value again from its source."""

    __slots__ = ("_ask", "_lock", "_values")

    def __init__(self, value: str, ask: Callable[[], str] | None = None) -> None:
        self._values = [value]
        self._ask = ask
        self._lock = threading.Lock()

    def reveal(self) -> str:
        """The value itself."""
        return self._values[-1]

    def refresh(self) -> bool:
        """Ask the source again. False if the source cannot give another value; the value then stays.

        True does not mean that the value has changed. Raises CredentialError if the source fails.
        """
        if self._ask is None:
            return False
        value = self._ask()
        if value != self.reveal():
            self._values.append(value)
        return True

    def in_place_of(self, refused: str) -> str | None:
        """Another value than this one, which was refused; None if the source gives none, or it was never a value.

        Several threads may ask at once: the source is then asked once. Raises CredentialError if the source fails.
        """
        with self._lock:
            if refused not in self._values or (refused == self.reveal() and not self.refresh()):
                return None
            return None if refused == self.reveal() else self.reveal()

    @property
    def values(self) -> tuple[str, ...]:
        """The current value and all earlier ones. Evidence may still contain an earlier one."""
        return tuple(self._values)

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"


def from_source(
    source: str | Mapping[str, str],
    *,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    in_header: bool,
) -> Secret:
    """Read a credential: a literal text, or one of `{env}`, `{file}` and `{command}`.

    Files are relative to `folder`, and commands run there. `in_header`: the value is sent in a header, so it must fit
    into one. Raises CredentialError.
    """
    if isinstance(source, str):
        if variable := _OF_THE_SHELL.fullmatch(source):
            raise CredentialError(f'a profile knows no variables of the shell; write {{ env = "{variable[1]}" }}')
        return Secret(_usable(source, "the text", in_header))
    [(kind, place)] = source.items()
    match kind:
        case "env":
            return Secret(_usable(_from_env(place, environ), f"the environment variable {place}", in_header))
        case "file":
            return Secret(_usable(_from_file(place, folder), f"the file {place}", in_header))
        case "command":

            def ask() -> str:
                return _usable(_from_command(place, folder, environ), "what the command printed", in_header)

            return Secret(ask(), ask)
    raise CredentialError(f"{kind} is no source of a credential")


def _usable(value: str, what: str, in_header: bool) -> str:
    if not value:
        raise CredentialError(f"{what} is empty; it has to be the credential")
    if not value.isprintable():
        raise CredentialError(f"{what} holds a line break or another control character; give the credential alone")
    if _IN_QUOTES.fullmatch(value):
        raise CredentialError(f"{what} begins and ends with quotes; give the credential without them")
    if in_header and not (value.isascii() and " " not in value):
        raise CredentialError(
            f"{what} holds a space or a character beyond ASCII, which a header cannot carry; "
            "give the credential alone, without 'Bearer'"
        )
    return value


def _from_env(name: str, environ: Mapping[str, str]) -> str:
    try:
        return environ[name]
    except KeyError:
        if not _VARIABLE.fullmatch(name):  # do not show it: it may be the credential itself
            raise CredentialError(
                "is no name of an environment variable; give a credential itself without env"
            ) from None
        raise CredentialError(
            f'the environment variable {name} is not set; export it, or give {{ file = "…" }}'
        ) from None


def _from_file(name: str, folder: Path | None) -> str:
    try:
        path = (folder or Path()) / Path(name).expanduser()
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise CredentialError(f"the file {name} is not UTF-8 text") from None
    except (OSError, RuntimeError, ValueError) as error:  # an unknown home folder, or a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CredentialError(
            f"the file {name} cannot be read: {reason}; a relative path starts at the profile's folder"
        ) from None


def _from_command(command: str, folder: Path | None, environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S602 - the profile's owner wrote it, as a line for the shell
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_TIMEOUT_S,
            cwd=folder,
            env=dict(environ),
            check=False,
        )
        output = done.stdout.decode().strip()
    except subprocess.TimeoutExpired:
        raise CredentialError(
            f"the command did not end within {COMMAND_TIMEOUT_S} s; does it wait for an input?"
        ) from None
    except UnicodeDecodeError:
        raise CredentialError("the command printed something that is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise CredentialError(f"the command cannot be run: {error}") from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise CredentialError(f"the command failed with exit code {done.returncode}: {''.join(words) or 'no message'}")
    return output
