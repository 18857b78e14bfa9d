"""The documents read a third time, and compared with the oracle and the sandbox."""
