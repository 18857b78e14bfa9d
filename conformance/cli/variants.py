"""The faults and twins of the sandbox, by name."""

from difflib import get_close_matches

from conformance import faults
from conformance.exits import WrongUsage


def variant(name: str) -> faults.Variant:
    """The fault or twin of this name. Raises WrongUsage."""
    catalogued: dict[str, faults.Variant] = {**faults.load(), **faults.twins()}
    if name not in catalogued:
        near = get_close_matches(name, catalogued, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(catalogued)}"
        raise WrongUsage(f"there is no fault or twin named {name!r}; {hint}")
    return catalogued[name]
