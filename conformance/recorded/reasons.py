"""Why a recording does not tell of a requirement."""

from conformance.requirements import command_of

_CANNOT = {
    "list.page-walk": "traffic does not tell which orders a walk should reach",
    "list.active-is-two-lists": "traffic does not tell what is live beside what lists show",
    "list.safe": "traffic does not tell whether a read or somebody else changed an order",
    "list.db-error": "traffic does not tell whether the server had a fault",
    "cancel.busy": "traffic does not tell whether the engine was busy",
    "cancel.busy-transient": "traffic does not tell whether the client backed off for long enough",
    "cancel.busy-no-loss": "traffic does not tell who canceled what no answer reports",
    "weight.zero": "a burst would have to be sent",
    "auth.jwt": "traffic does not tell whether a token that is refused is a good one",
    "auth.api-key": "traffic does not tell whether a signature that is refused is a good one",
    "auth.same-account": "traffic does not tell for certain that two credentials are of one account",
    "order.price-respected": "no record with fills was shown",
}


def untested(requirement: str) -> str:
    """Why this requirement was not tested, and what would test it."""
    if command := command_of(requirement):
        return f"tested by `p99-conformance {command}`"
    why = _CANNOT.get(requirement, "nothing was recorded that could show it")
    return f"{why}; tested by `p99-conformance run`"
