"""Conformance suite for the p99 spot-order API."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - pip refuses an older one, but who copies the package there should be told
    sys.exit("p99-conformance needs Python 3.11 or later; this is Python %d.%d" % sys.version_info[:2])  # noqa: UP031


def __getattr__(name: str) -> str:
    """`__version__`, looked up when it is asked for: most commands never need it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("p99-conformance")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
