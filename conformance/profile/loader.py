"""Reads a profile from a TOML file, or makes one from a URL and environment variables."""

import os
import re
import ssl
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance import contract
from conformance.profile import Profile, ProfileError, Target, addresses
from conformance.profile.accounts import account, check_differ, from_variables, lanes
from conformance.profile.actions import driver
from conformance.profile.complaints import first_complaint
from conformance.profile.markets import markets


def load(path: str | Path, environ: Mapping[str, str] = os.environ) -> Profile:
    """Read a profile. Files and commands in it are relative to its folder. Raises ProfileError."""
    return loads(_read(path), str(path), Path(path).parent, environ)


def checks_of(path: str | Path) -> Path | None:
    """The folder of private checks that a profile names; its credentials are not asked for. Raises ProfileError."""
    try:
        document = _checked(_read(path))
        return _folder(document["checks"], Path(path).parent) if "checks" in document else None
    except ProfileError as error:
        raise ProfileError(error.what, error.key, str(path)) from None


def loads(text: str, source: str, folder: Path | None = None, environ: Mapping[str, str] = os.environ) -> Profile:
    """Read the text of a profile. Messages call it `source`.

    Files in it are relative to `folder`, or to the current folder. Raises ProfileError.
    """
    try:
        return _profile(_checked(text), folder or Path(), environ)
    except ProfileError as error:
        raise ProfileError(error.what, error.key, source) from None


def from_url(url: str, environ: Mapping[str, str] = os.environ) -> Profile:
    """The profile of a target whose URL is all that was given. The credentials are in P99_… variables.

    Raises ProfileError.
    """
    base_url = addresses.base_url(url, "the URL of the target")
    accounts = {key: made for key in ("caller", "other") if (made := from_variables(key, environ))}
    if "caller" not in accounts:
        raise ProfileError(
            "no credentials: set P99_JWT, or P99_API_KEY and P99_API_SECRET, in the environment "
            "(P99_OTHER_JWT and so on for a second account), or give a profile",
            source=base_url,
        )
    try:
        check_differ(accounts)
    except ProfileError as error:
        raise ProfileError(f"{error.what}; see the variables P99_… and P99_OTHER_…", source=base_url) from None
    return Profile(
        target=Target(name=urlsplit(base_url).hostname or base_url, base_url=base_url),
        accounts=accounts,
        lanes=lanes([], accounts),
        from_bare_url=True,
    )


def _read(path: str | Path) -> str:
    try:
        return _text(Path(path))
    except ProfileError as error:
        raise ProfileError(error.what, source=str(path)) from None


def _checked(text: str) -> dict[str, Any]:
    """The tables of a profile, whose form is right."""
    try:
        document = _document(text)
        if complaint := first_complaint(contract.validator("profile"), document):
            raise complaint
    except RecursionError:
        raise ProfileError("tables or arrays are nested too deeply") from None
    return document


def _text(path: Path) -> str:
    try:
        # Some editors on Windows put a byte order mark first.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ProfileError("no such file; give a profile, or a URL that begins with http:// or https://") from None
    except IsADirectoryError:
        raise ProfileError("is a folder; give the profile in it") from None
    except OSError as error:
        raise ProfileError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ProfileError(f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except ValueError as error:  # the path contains a NUL
        raise ProfileError(f"cannot be read: {error}") from None


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        why = str(error).replace("Cannot overwrite a value", "a key is given twice")  # as Python's reader calls it
        raise ProfileError(f"is not valid TOML: {why}{_hint(text, why)}") from None


def _hint(text: str, why: str) -> str:
    """What to write in a line that is not TOML, where that is plain."""
    if not (line := re.search(r"at line (\d+)", why)):
        return ""
    wrong = text.splitlines()[int(line[1]) - 1]
    if amount := re.search(r"[=\[]\s*(\d+),(\d+)\s*([#}]|$)", wrong):
        return f'; write a decimal with a point, and an amount in quotes: "{amount[1]}.{amount[2]}"'
    if placeholder := re.search(r"[=:,\[]\s*(\{\w+\})", wrong):
        return f'; write a placeholder in quotes: "{placeholder[1]}"'
    if word := re.search(r"=\s*([^\s\"'\[{#,}0-9][^\s\"'#,}]*)\s*(#|$)", wrong):
        return f'; write text in plain quotes: "{word[1].strip("“”„‟‘’«»")}"'
    return ""


def _profile(document: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> Profile:
    target = _target(document["target"], folder)
    traded = markets(document.get("markets", []))
    means = driver(document.get("driver", {}), target.base_url)
    if means.place and not traded:
        raise ProfileError("has no market to place orders in; add [[markets]]", "driver.place")
    # Accounts come last: to get a credential may run a command.
    accounts = {key: account(key, table, folder, environ) for key, table in document["accounts"].items()}
    check_differ(accounts)
    checks = _folder(document["checks"], folder) if "checks" in document else None
    return Profile(target, accounts, lanes(document.get("lanes", []), accounts), traded, means, checks=checks)


def _target(table: Mapping[str, Any], folder: Path) -> Target:
    given = dict(table)
    given["base_url"] = addresses.base_url(given["base_url"], "target.base_url")
    addresses.headers(given.get("headers", {}), "target.headers", forbidden=addresses.CREDENTIAL_HEADERS)
    if "proxy" in given:
        addresses.proxy_url(given["proxy"], "target.proxy")
    if "ca_bundle" in given:
        given["ca_bundle"] = _ca_bundle(given["ca_bundle"], folder)
    target = Target(**given)
    if target.environment is None and not target.is_loopback:
        host = urlsplit(target.base_url).hostname
        raise ProfileError(
            f'missing, and {host} is not this machine; write "mock", "staging" or "production" '
            "(only GET requests are sent to production)",
            "target.environment",
        )
    return target


def _folder(name: str, folder: Path) -> Path:
    path = folder / name
    if not path.is_dir():
        raise ProfileError(f"there is no folder {name}; a relative path starts at the profile's folder", "checks")
    return path


def _ca_bundle(name: str, folder: Path) -> str:
    key = "target.ca_bundle"
    try:
        path = folder / Path(name).expanduser()
        if not path.is_dir():  # a folder of hashed certificates is read only when a connection is made
            ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        raise ProfileError(f"the file {name} holds no certificate in PEM form", key) from None
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ProfileError(
            f"the file {name} cannot be read: {reason}; a relative path starts at the profile's folder", key
        ) from None
    return str(path)
