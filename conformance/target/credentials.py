"""Credentials: where they come from, and how they stay out of everything that is shown."""

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

COMMAND_TIMEOUT_S = 30  # long enough for a login at a slow identity provider; a prompt would wait for ever
MASK = "***"

# Shorter values would be found inside ordinary words and numbers, and make the evidence unreadable.
_SHORTEST_REDACTED = 4

_CUT = "…"  # ends what was too long to be shown

# In a query, behind its percent-encoded =, or as a member of a JSON text that echoes the query.
_SIGNATURE = re.compile(r"""(signature["']?\s*(?:=|:|%3D)\s*["']?)[0-9a-f]+""", re.IGNORECASE)

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_HEADER = re.compile(r"authorization|x-mbx-apikey|cookie|token|secret|password|api-?key", re.IGNORECASE)


class CredentialError(Exception):
    """A source gave no usable credential; says why, in one line that shows no part of the value."""


class Secret:
    """A value that is never shown by accident. `ask`, where given, gets the value anew."""

    __slots__ = ("_ask", "_values")

    def __init__(self, value: str, ask: Callable[[], str] | None = None) -> None:
        self._values = [value]
        self._ask = ask

    def reveal(self) -> str:
        """The value itself."""
        return self._values[-1]

    def refresh(self) -> bool:
        """Ask the source again, where it can give another value; False where it cannot, and the value stays.

        True does not say that the value has changed. Raises CredentialError when the source fails.
        """
        if self._ask is None:
            return False
        value = self._ask()
        if value != self.reveal():
            self._values.append(value)
        return True

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that it has had: an earlier one can still stand in evidence."""
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

    A file, and what a command names, is relative to `folder`. `in_header`: the value has to fit into a header.
    Raises CredentialError.
    """
    if isinstance(source, str):
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
        raise CredentialError(f"{what} is empty")
    if not value.isprintable():
        raise CredentialError(f"{what} holds a line break or another control character; give the credential alone")
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
        if not _VARIABLE.fullmatch(name):  # not shown: it may be the credential itself
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
    except (OSError, RuntimeError, ValueError) as error:  # a home folder that is unknown, a name with a NUL
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


class Redactor:
    """Replaces credentials, in whatever form they stand, and signatures."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        self._added: set[str] = set()
        self._known: frozenset[str] = frozenset()
        self._forms: list[str] = []
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        """Redact this value too from now on."""
        self._added.add(value)

    def redact(self, text: str) -> str:
        """The text without secrets: plain, percent-encoded, JSON-escaped or in base64; and without signatures."""
        pattern = self._current()
        # Most texts hold none of them, and a plain look for each is a hundred times as fast as the pattern.
        if pattern is not None and any(form in text for form in self._forms):
            text = pattern.sub(MASK, text)
        if "signature" in text.lower():
            text = _SIGNATURE.sub(rf"\g<1>{MASK}", text)
        return text

    def redact_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers without secrets; of those that carry credentials only the scheme stays, as in `Bearer ***`."""
        return {
            self.redact(name): self._masked(name, value) if _SECRET_HEADER.search(name) else self.redact(value)
            for name, value in headers.items()
        }

    def presentable(self, text: str) -> str:
        """The text for a report, in which long values are cut: without secrets, without the beginnings of any, and with
        escapes for what a terminal would obey, and a report could not hold.
        """
        *cut, last = self.redact(text).split(_CUT)
        text = _CUT.join([*map(self._without_beginning, cut), last])
        return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)

    def _without_beginning(self, cut: str) -> str:
        """The text without the beginning of a secret at its end."""
        begun = max((_overlap(cut, form) for form in self._forms), key=len, default="")
        return cut.removesuffix(begun) + MASK if begun else cut

    def _masked(self, name: str, value: str) -> str:
        scheme, space, _ = value.partition(" ")
        if space and scheme.isalpha() and name.lower().endswith("authorization"):
            return f"{self.redact(scheme)} {MASK}"
        return MASK if value else ""

    def _current(self) -> re.Pattern[str] | None:
        known = self._added.union(*(secret.values for secret in self._secrets))
        if known != self._known:
            forms = {form for value in known if len(value) >= _SHORTEST_REDACTED for form in _forms(value)}
            # The longest first, or a secret that begins like a shorter one would leave its rest behind.
            ordered = sorted(forms, key=len, reverse=True)
            self._forms = ordered
            self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
            self._known = frozenset(known)
        return self._pattern


def _overlap(text: str, form: str) -> str:
    """The longest beginning of the form that the text ends with; empty where it is too short to tell."""
    end = text[-_SHORTEST_REDACTED:]
    at = form.rfind(end) if len(end) == _SHORTEST_REDACTED else -1
    while at >= 0 and not text.endswith(form[: at + len(end)]):
        at = form.rfind(end, 0, at + len(end) - 1)
    return form[: at + len(end)] if at >= 0 else ""


def _forms(value: str) -> set[str]:
    raw = value.encode(errors="surrogateescape")
    encoded = {quote(raw, safe=""), quote(raw, safe="/"), quote_plus(raw)}
    lower = {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in encoded}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    in_base64 = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    slashed = {form.replace("/", "\\/") for form in escaped}  # as some JSON encoders write a slash
    return {value, *encoded, *lower, *escaped, *slashed, *in_base64, *(form.rstrip("=") for form in in_base64)}
