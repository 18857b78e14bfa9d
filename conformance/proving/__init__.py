"""Proof that the suite can fail, and that it accuses nobody wrongly: every fault and every conforming twin, judged."""
