"""The accounts of a profile or of the environment, and their lanes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from conformance.profile import AccountProfile, LaneNames, ProfileError
from conformance.profile.secrets import CredentialError, Secret, from_source

_CREDENTIALS = ("jwt", "api_key", "api_secret")
_VARIABLES = {"caller": "P99", "other": "P99_OTHER"}


def account(key: str, table: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> AccountProfile:
    """The account of one [accounts.…] table, with its credentials. Raises ProfileError."""
    where = f"accounts.{key}"
    if not any(kind in table for kind in _CREDENTIALS):
        raise ProfileError("has no credentials; give jwt, or api_key and api_secret", where)
    for given, missing in (("api_key", "api_secret"), ("api_secret", "api_key")):
        if given in table and missing not in table:
            raise ProfileError(
                f"missing, though {given} is given; an API key works with its secret only", f"{where}.{missing}"
            )
    secrets: dict[str, Secret] = {}
    for kind in _CREDENTIALS:
        if (source := table.get(kind)) is None:
            continue
        try:
            secrets[kind] = from_source(source, environ=environ, folder=folder, in_header=kind != "api_secret")
        except CredentialError as error:
            place = kind if isinstance(source, str) else f"{kind}.{next(iter(source))}"
            raise ProfileError(str(error), f"{where}.{place}") from None
    return AccountProfile(name=table.get("name", key), **secrets)


def variables(key: str, kinds: Iterable[str] = _CREDENTIALS) -> list[str]:
    """The environment variables that have these credentials of the account `caller` or `other`."""
    return [f"{_VARIABLES[key]}_{kind.upper()}" for kind in kinds]


def from_variables(key: str, environ: Mapping[str, str]) -> AccountProfile | None:
    """The account `caller` or `other` from the P99_… variables. None if no variable is set. Raises ProfileError."""
    # CI systems set the variable of a missing secret to an empty text.
    names = dict(zip(_CREDENTIALS, variables(key), strict=True))
    given = {kind: {"env": name} for kind, name in names.items() if environ.get(name)}
    if not given:
        return None
    try:
        return account(key, given, Path(), environ)
    except ProfileError as error:
        kind = error.key.split(".")[2]
        raise ProfileError(error.what, names[kind]) from None


def check_differ(accounts: Mapping[str, AccountProfile]) -> None:
    """Raise ProfileError if two accounts are the same user: each would see the other's orders as its own."""
    for (first, one), (second, two) in combinations(accounts.items(), 2):
        if one.name == two.name:
            raise ProfileError(
                f"{one.name!r} is accounts.{first} already; two accounts have to be two users",
                f"accounts.{second}.name",
            )
        for kind in ("jwt", "api_key"):
            if (mine := getattr(one, kind)) and (yours := getattr(two, kind)) and mine.reveal() == yours.reveal():
                raise ProfileError(
                    f"the same as accounts.{first}.{kind}; two accounts have to be two users",
                    f"accounts.{second}.{kind}",
                )


def lanes(tables: Sequence[Mapping[str, str]], accounts: Mapping[str, AccountProfile]) -> tuple[LaneNames, ...]:
    """The first lane, then those of [[lanes]]. Raises ProfileError unless each account is in exactly one lane."""
    made = [LaneNames("caller", "other" if "other" in accounts else None)]
    taken = {name: "the first lane, which is always accounts.caller with accounts.other" for name in made[0] if name}
    for index, table in enumerate(tables):
        lane = LaneNames(table["caller"], table.get("other"))
        if lane == made[0]:
            continue  # the first lane, written out
        for role, name in table.items():
            key = f"lanes[{index}].{role}"
            if name not in accounts:
                raise ProfileError(f"there is no [accounts.{name}]; known here: {', '.join(accounts)}", key)
            if name in taken:
                raise ProfileError(f"accounts.{name} works in {taken[name]}; give each lane its own accounts", key)
            taken[name] = f"lanes[{index}]"
        made.append(lane)
    for name in accounts:
        if name not in taken:
            raise ProfileError(
                "no lane works with it; name it in [[lanes]], or call it accounts.caller or accounts.other",
                f"accounts.{name}",
            )
    return tuple(made)
