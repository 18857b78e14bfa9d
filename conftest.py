"""In a checkout pytest knows the options of a run, as `pytest -p conformance.plugin` does everywhere else."""

import os

import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    # Not by `pytest_plugins`: pytest refuses that in a conftest.py which it meets after `-p conformance.plugin`.
    pluginmanager.import_plugin("conformance.plugin")


def pytest_xdist_auto_num_workers() -> int:
    """Five for two cores: the suite's own tests wait longer than they work."""
    return 5 * (os.cpu_count() or 1) // 2
