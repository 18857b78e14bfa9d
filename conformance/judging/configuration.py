"""What decided how a target was judged, as digests. docs/seal.md says how to make each of them again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import conformance
from conformance import contract, requirements
from conformance.gating.waivers import Waiver
from conformance.profile import AccountProfile, Profile
from conformance.reporting.statement import sha256
from conformance.wire.redaction import Redactor

_PACKAGE = Path(conformance.__file__).parent
_OF_CHECKS = (".py", ".toml")
_SCHEMAS = ("order", "order-list", "canceled", "error")


def configuration(profile: Profile | None, waivers: Iterable[Waiver] = ()) -> dict[str, str]:
    """The SHA-256 of each part, in hexadecimal. None: there was no profile."""
    parts = dict(_of_the_suite())
    if profile is not None:
        parts["profile"] = profile_digest(profile)
    return {**parts, "waivers": _of_json([waiver.to_json() for waiver in waivers])}


def profile_digest(profile: Profile) -> str:
    """The digest of a profile without its secrets: of an account it tells which kinds of credential it has."""
    plain = json.dumps(_plain(profile), sort_keys=True, default=str)
    return sha256(Redactor(profile.secrets).redact(plain).encode("utf-8", "backslashreplace"))


@cache
def _of_the_suite() -> Mapping[str, str]:
    described = [contract.description(), *(contract.schema(name) for name in _SCHEMAS)]
    catalogue = sorted(Path(requirements.__file__).parent.glob("*.toml"), key=lambda path: path.name)
    code = sorted(_PACKAGE.rglob("*.py"), key=lambda path: path.relative_to(_PACKAGE).as_posix())
    return {
        "contract": _of_json(described),
        "catalogue": sha256(b"".join(path.read_bytes() for path in catalogue)),
        "suite": sha256(b"".join(path.read_bytes() for path in code)),
    }


def _plain(value: Any) -> Any:
    """The profile as JSON data."""
    if isinstance(value, AccountProfile):
        kinds = ("jwt", "api_key", "api_secret")
        return {"name": value.name, "credentials": [kind for kind in kinds if getattr(value, kind) is not None]}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Path):  # a folder of private checks is the same wherever it lies
        files = (each for each in sorted(value.rglob("*")) if each.suffix in _OF_CHECKS)
        return {each.relative_to(value).as_posix(): sha256(each.read_bytes()) for each in files}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _of_json(document: Any) -> str:
    return sha256(json.dumps(document, sort_keys=True).encode())
