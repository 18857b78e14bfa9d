"""The catalogue as its source says, whenever the package was installed; and English again behind each test."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from conformance import language

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def messages() -> ModuleType:
    """The script that keeps the catalogue; its .mo is fresh."""
    spec = importlib.util.spec_from_file_location("messages", CHECKOUT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.compile()
    return module


@pytest.fixture
def chinese(messages: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything is said in Chinese."""
    monkeypatch.setenv("LANGUAGE", "")
    language.use("zh")
    yield
    language.use("en")
