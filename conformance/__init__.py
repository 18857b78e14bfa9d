"""Conformance suite for the p99 spot-order API."""


def __getattr__(name: str) -> str:
    """`__version__`, looked up when it is asked for: most commands never need it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("p99-conformance")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
