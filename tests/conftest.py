"""Fixtures that several rooms share."""

from tests.whole_run import whole_run

__all__ = ["whole_run"]
