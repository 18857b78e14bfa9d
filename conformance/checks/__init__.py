"""The checks: pytest modules, one for each section of the documents. They ask the oracle, and know no server."""
