"""Reading what a run wrote."""

import json
from pathlib import Path

import jsonschema

from conformance import contract
from conformance.gating import consequences
from conformance.profile import ProfileError
from conformance.results import Results


def read(path: Path) -> Results:
    """The results in this file, or in the results.json of this report directory. Raises ProfileError."""
    file = path / "results.json" if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
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
