"""`init`: asks, tries, and writes a profile that a run can use."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance import contract
from conformance.cli.init import init
from conformance.cli.interview import BODY
from conformance.profile import loader
from conformance.profile.writing import commented, toml
from conformance.sandbox import Sandbox
from tests.runs import live


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, str, dict[str, str]]]:
    """A sandbox, its URL, and an environment that has its credentials."""
    sandbox = Sandbox(0)
    with sandbox.serve() as there:
        environ: dict[str, str] = {}
        for prefix, name in (("P99", "alice"), ("P99_OTHER", "bob")):
            keys = sandbox.gatekeeper.keys[name]
            environ |= {f"{prefix}_JWT": keys.jwt, f"{prefix}_API_KEY": keys.api_key}
            environ |= {f"{prefix}_API_SECRET": keys.api_secret}
        yield sandbox, there.base_url, environ


def flags(address: str, **changed: str) -> list[str]:
    """All options, so that nothing is asked for."""
    given = {
        "url": address,
        "environment": "mock",
        "name": "mine",
        "jwt": "env:P99_JWT",
        "api-key": "env:P99_API_KEY",
        "api-secret": "env:P99_API_SECRET",
        "other-jwt": "env:P99_OTHER_JWT",
        "other-api-key": "none",
        "market": "DFUSDT 0.5000 0.6000 10",
        "place": "POST /spot/orders",
        "place-body": json.dumps(BODY),
        "order-id": "/id",
        "cancel": "DELETE /spot/orders/{id}",
    }
    return [word for name, value in (given | changed).items() for word in (f"--{name}", value)]


def started(folder: Path, words: list[str], environ: dict[str, str], answers: str = "") -> Result:
    where = ["--out", str(folder / "p99.toml")]
    state = {"XDG_STATE_HOME": str(folder / "state")}
    return CliRunner().invoke(init, [*words, *where], input=answers, env={"P99_JWT": None, **state, **environ})


def test_with_all_options_nothing_is_asked_and_an_order_is_placed_with_consent(
    tmp_path: Path, served: tuple[Sandbox, str, dict[str, str]]
) -> None:
    sandbox, url, environ = served
    before = sum(map(len, sandbox.exchange.orders.values()))
    done = started(tmp_path, [*flags(url), "--try-placing"], environ)
    assert done.exit_code == 0, done.output
    assert "driver.place" not in done.output
    assert sum(map(len, sandbox.exchange.orders.values())) == before + 1
    assert live(sandbox) == [], "what was placed is canceled"
    text = (tmp_path / "p99.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./p99.schema.json\n")
    assert not any(secret in text for secret in environ.values())
    profile = loader.load(tmp_path / "p99.toml", environ)
    assert (profile.target.name, [each.symbol for each in profile.markets]) == ("mine", ["DFUSDT"])
    assert set(profile.accounts) == {"caller", "other"}
    assert json.loads((tmp_path / "p99.schema.json").read_text(encoding="utf-8"))["title"] == "Profile"
    again = started(tmp_path, flags(url), environ)
    assert (again.exit_code, "is there already" in again.output) == (2, True)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"url": "http://127.0.0.1:1/api/v1"}, "address: no connection: Connection refused"),
        ({"url": "exchange.example"}, "--url: 'exchange.example' is no http"),
        ({"environment": "test"}, "none of mock, staging, production"),
        ({"jwt": "eyJ.a.b"}, "a profile holds no credential"),
        ({"jwt": "env:P99_NO_SUCH"}, "P99_NO_SUCH is not set"),
        ({"jwt": "env:P99_API_KEY"}, "the token is refused"),
        ({"other-jwt": "env:P99_JWT"}, "two accounts have to be two users"),
        ({"market": "DFUSDT 0.5000"}, "is not of the form"),
        ({"market": "DFUSDT 0.7 0.6 10"}, "would trade with each other"),
        ({"place": "/spot/orders"}, "is not of the form"),
        ({"place-body": "{"}, "is no JSON"),
        ({"place-body": '{"a": null}'}, "TOML cannot hold it"),
        ({"place-body": "{}"}, "the request lacks {price}"),
        ({"place": "POST /spot/nowhere"}, "driver.place"),
    ],
)
def test_an_option_that_is_wrong_ends_it_with_a_sentence(
    changed: dict[str, str], says: str, tmp_path: Path, served: tuple[Sandbox, str, dict[str, str]]
) -> None:
    _, url, environ = served
    done = started(tmp_path, [*flags(url, **changed), "--try-placing"], environ)
    assert done.exit_code == 2, done.output
    assert says in " ".join(done.output.split())
    assert "eyJ.a.b" not in done.output
    assert not (tmp_path / "p99.toml").exists()


def test_a_bad_answer_is_explained_and_asked_for_again(
    tmp_path: Path, served: tuple[Sandbox, str, dict[str, str]]
) -> None:
    sandbox, url, environ = served
    answers = [
        *("ftp://x", url, "", "mine"),  # no URL at first
        *("secret-itself", "", "none"),  # a credential, where its source is asked for
        *("env:P99_JWT", "none", "", "none"),  # the same user twice
        *("A 1 2", "DFUSDT 0.5 0.6 10", "none"),
        *("", "", "", "", "no"),
    ]
    given = {name: value for name, value in environ.items() if name.endswith("JWT")}
    before = sum(map(len, sandbox.exchange.orders.values()))
    done = started(tmp_path, [], given, "\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    for sentence in ("no http:// or https:// URL", "a profile holds no credential", "have to be two users"):
        assert sentence in done.output
    assert "is not of the form" in done.output
    assert sum(map(len, sandbox.exchange.orders.values())) == before, "without consent no order is placed"
    assert loader.load(tmp_path / "p99.toml", environ).driver.place is not None


def test_where_no_answer_comes_it_says_which_option_to_give(tmp_path: Path) -> None:
    done = started(tmp_path, ["--url", "http://127.0.0.1:1", "--untried"], {})
    assert (done.exit_code, "give --environment" in done.output) == (2, True)


def test_a_profile_is_written_without_the_target(tmp_path: Path) -> None:
    words = flags("http://127.0.0.1:1/api/v1", market="none", **{"other-jwt": "none"})
    done = started(tmp_path, [*words, "--untried"], {"P99_JWT": "a", "P99_API_KEY": "b", "P99_API_SECRET": "c"})
    assert done.exit_code == 0, done.output
    document = tomllib.loads((tmp_path / "p99.toml").read_text(encoding="utf-8"))
    assert set(document) == {"target", "accounts"}


def test_what_is_commented_out_is_a_profile_too() -> None:
    """Each optional line, without its comment sign, is one that a profile may have."""
    small = {"target": {"name": "a", "base_url": "http://127.0.0.1"}, "accounts": {"caller": {"jwt": {"env": "J"}}}}
    text = commented(small, name="p", schema="s")
    lines = (line.removeprefix("# ") for line in text.splitlines())
    whole = "\n".join(line for line in lines if line.startswith("[") or " = " in line)
    whole = whole.replace('ca_bundle = "company-ca.pem"', "")
    document = tomllib.loads(whole)
    contract.validator("profile").validate(document)
    variables = {name: name for name in ("J", "BOB_JWT", "ALICE_JWT", "ALICE_KEY", "ALICE_SECRET")}
    for account in document["accounts"].values():
        account["jwt"] = {"env": "J"}
    profile = loader.loads(text, "p", environ=variables)
    assert profile.target.settle_ms == 2000


@pytest.mark.parametrize("value", ['a"\\\n\x7f', True, 3, 0.5, ["x", {"a b": "c"}], {}, {"x-y": {"z": "ö"}}])
def test_values_are_read_back(value: Any) -> None:
    assert tomllib.loads(f"a = {toml(value)}") == {"a": value}
