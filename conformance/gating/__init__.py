"""From results and what was agreed on to a decision: pure functions of files, which can be made again offline."""
