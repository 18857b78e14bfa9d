"""In a checkout pytest knows the options of a run, as `pytest -p conformance.plugin` does everywhere else."""

import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    # Not by `pytest_plugins`: pytest refuses that in a conftest.py which it meets after `-p conformance.plugin`.
    pluginmanager.import_plugin("conformance.plugin")
