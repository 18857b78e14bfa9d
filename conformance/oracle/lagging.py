"""What is said of lists that show what a cancel-all has told, and show it too late."""


def comes_round(after_ms: float, allowed_s: float) -> str:
    """That a list which was asked for so long after the cancel-all's answer shows it; and how a tester allows that."""
    return (
        f"shown canceled {after_ms:.0f} ms later. If lists may lag so far, say so by "
        f"consistency_ms under [target] in the profile: it is {allowed_s * 1000:.0f}"
    )
