"""How long Hypothesis may look for a shorter example: a target that is far away answers 25 times a second at most."""

from hypothesis.internal.conjecture import engine

# Where the run stops at the first violation, somebody waits for it.
PATIENT_S = 4
IMPATIENT_S = 2


def bound(*, stop_on_first: bool) -> None:
    """Bound the time that one violation is shrunk for. Hypothesis has no setting for it, and waits five minutes."""
    engine.MAX_SHRINKING_SECONDS = IMPATIENT_S if stop_on_first else PATIENT_S
