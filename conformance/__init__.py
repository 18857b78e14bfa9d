"""Conformance suite for the p99 spot-order API."""

from importlib.metadata import version

__version__ = version("p99-conformance")
