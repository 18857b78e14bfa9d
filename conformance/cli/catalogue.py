"""Finding a requirement by its id."""

from difflib import get_close_matches

from conformance import requirements
from conformance.exits import WrongUsage


def entry(id: str) -> requirements.Requirement:
    """The requirement of this id. Raises WrongUsage."""
    entries = requirements.load()
    if id not in entries:
        near = get_close_matches(id, entries, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`p99-conformance requirements` lists them"
        raise WrongUsage(f"there is no requirement {id!r}; {hint}")
    return entries[id]
