"""Something is done to the target, and the oracle judges the whole of it."""
