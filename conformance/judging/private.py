"""Private checks: a user's own, beside those of the suite, in a folder that the profile names.

Its TOML files hold requirements, and its `test_*.py` modules hold checks, both in the form of the suite's own. What is
wrong with them is found here, from their text, before anything is sent to the target.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from conformance import requirements
from conformance.judging.keys import CHECKS
from conformance.judging.source import Declaration, in_module, last_name
from conformance.profile import ProfileError
from conformance.requirements import PRIVATE, CatalogueError, Requirement

_ID = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Private:
    """Private requirements by id, the folder of their checks, and for each requirement the names of its checks.

    `descriptions`: what each check says of itself, by its name.
    """

    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    folder: Path | None = None
    judged_by: Mapping[str, list[str]] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """What pytest collects beside the suite's own checks."""
        return [str(self.folder)] if self.folder else []


NO_PRIVATE = Private()


def load(folder: Path | None) -> Private:
    """What is in the folder of private checks. Raises ProfileError."""
    if folder is None:
        return NO_PRIVATE
    own: dict[str, Requirement] = {}
    for file in sorted(folder.glob("*.toml")):
        for id, each in _requirements(file):
            if id in own:
                raise ProfileError(f"{id} is in another file of this folder already", source=str(file))
            own[id] = each
    if not own:
        raise ProfileError("no TOML file in it has a requirement", source=str(folder))
    judged_by: dict[str, list[str]] = {id: [] for id in own}
    checks = [check for file in sorted(folder.rglob("test_*.py")) for check in _checks(file, own)]
    for check in checks:
        for id in check.ids:
            judged_by[id].append(check.full_name)
    return Private(own, folder, judged_by, {check.full_name: check.summary for check in checks})


def _requirements(file: Path) -> Iterator[tuple[str, Requirement]]:
    try:
        entries = tomllib.loads(_text(file))
    except ValueError as error:
        raise ProfileError(f"is not valid TOML: {error}", source=str(file)) from None
    for id, entry in entries.items():
        if id in requirements.load():
            raise ProfileError(f"{id} is a requirement of the suite itself: give yours an id of its own", "", str(file))
        if not _ID.fullmatch(id) or not isinstance(entry, dict):
            example = '["acme.request-id"], with a dot, in quotes'
            raise ProfileError(f"{id} is no id with a table of keys; write it like {example}", source=str(file))
        try:
            yield id, requirements.requirement(id, entry, PRIVATE, id)
        except CatalogueError as error:
            raise ProfileError(str(error), source=str(file)) from None


def _checks(file: Path, own: Mapping[str, Requirement]) -> Iterator[Declaration]:
    if (CHECKS / file.name).exists():
        raise ProfileError("a module of the suite has this name: give yours another one", source=str(file))
    text = _text(file)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        raise ProfileError(f"{line}{getattr(error, 'msg', error)}", source=str(file)) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node) == "verifies":
            _expect_own(node, own, file)
    declared = {each.name: each for each in in_module(file, text, own)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            check = declared.get(node.name)
            if check is None or not check.ids:
                raise ProfileError(f"{node.name} verifies no requirement: add @verifies(…)", source=str(file))
            yield check


def _expect_own(call: ast.Call, own: Mapping[str, Requirement], file: Path) -> None:
    for argument in call.args:
        if isinstance(argument, ast.Constant) and argument.value not in own:
            id = str(argument.value)
            if id in requirements.load():
                why = "is a requirement of the suite itself: a private check verifies private requirements"
            else:
                near = get_close_matches(id, own, n=3)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                why = f"is in no TOML file of this folder{hint}"
            raise ProfileError(f"line {call.lineno}: {id} {why}", source=str(file))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ProfileError(f"cannot be read: {told}", source=str(file)) from None
