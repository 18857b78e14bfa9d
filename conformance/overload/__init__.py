"""Overload: bursts until the engine is busy, back-off and recovery, and the ledger of what came of every request."""
