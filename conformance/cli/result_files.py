"""Reading what a run wrote."""

import json
from collections.abc import Iterable
from pathlib import Path

import jsonschema

from conformance import contract
from conformance.gating import consequences
from conformance.profile import ProfileError
from conformance.results import SCHEMA_VERSION, Results


def read_all(paths: Iterable[Path]) -> dict[str, Results]:
    """The results of several reports, by their names. Raises ProfileError, also if one is given twice."""
    found = {}
    taken: set[Path] = set()
    for path in paths:
        if (file := _file(path).resolve()) in taken:
            raise ProfileError("this report is given twice, and would count twice", source=str(path))
        taken.add(file)
        found[str(path)] = read(path)
    return found


def read(path: Path) -> Results:
    """The results in this file, or in the results.json of this report directory. Raises ProfileError."""
    file = _file(path)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        _expect_version(document, file)
        contract.validator("results").validate(document)
        return consequences.checked(Results.from_json(document))
    except FileNotFoundError:
        told = "no such report; give the results.json of a run, or its report directory"
        raise ProfileError(told, source=str(path)) from None
    except OSError as error:
        raise ProfileError(error.strerror or str(error), source=str(file)) from None
    except jsonschema.ValidationError as error:
        raise ProfileError(f"no results of a run: {error.json_path}: {error.message[:200]}", source=str(file)) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProfileError(f"no results of a run: {error}", source=str(file)) from None


def _file(path: Path) -> Path:
    return path / "results.json" if path.is_dir() else path


def _expect_version(document: object, file: Path) -> None:
    version = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        told = f"written in version {version} of the format, and this p99-conformance reads version {SCHEMA_VERSION}"
        raise ProfileError(f"{told}: use the one that wrote it", source=str(file))
