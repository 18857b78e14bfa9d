"""Asks for what a profile needs, one group of answers after the other, until each group is good."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import tomli_w

from conformance import first_contact, language
from conformance.exits import Exit, WrongUsage
from conformance.fit import Remark
from conformance.judging.stages import examine_profile
from conformance.profile import Profile, ProfileError, Target, addresses, loader
from conformance.profile.accounts import variables

NONE = "none"
KINDS = ("jwt", "api_key", "api_secret")
BODY = {name: f"{{{name}}}" for name in ("symbol", "side", "type", "tif", "price", "quantity", "quote_quantity")}

# What must be mended before the profile is written, though a run could do without: who asks for it is still there.
_TO_MEND = ("accounts", "market ")


class Interview:
    """`given`: the answers that options gave, by the names of the options; None where none was given.

    `tries`: whether each answer is tried against the target. `folder`: where the profile will be.
    """

    def __init__(self, given: Mapping[str, Any], environ: Mapping[str, str], folder: Path, *, tries: bool) -> None:
        self._given = {option: None if answer == () else answer for option, answer in given.items()}
        self._environ = environ
        self._folder = folder
        self._tries = tries
        self._asked = False
        self._told: set[Remark] = set()
        self._document: dict[str, Any] = {}

    def profile(self) -> dict[str, Any]:
        """The whole profile as a TOML document. Raises WrongUsage where an option is wrong, or no answer comes."""
        self._group(("url", "environment", "name"), self._target)
        for role in ("caller", "other"):
            self._group([_option(role, kind) for kind in KINDS], partial(self._account, role))
        self._group(("market",), self._markets)
        if self._document.get("markets") and self._document["target"]["environment"] != "production":
            self._group(("place", "place_body", "order_id", "cancel", "try_placing"), self._driver)
        return self._document

    def _group(self, options: Iterable[str], fill: Callable[[], Iterable[Remark]]) -> None:
        """Ask for these answers, and once more where they are wrong and were not given as options alone."""
        while True:
            self._asked = False
            try:
                wrong = self._wrong(fill())
            except ProfileError as error:
                wrong = ": ".join(filter(None, (error.key, error.what)))
            if not wrong:
                return
            if not self._asked:
                raise WrongUsage(wrong)
            click.secho(language.say(wrong), fg="red", err=True)
            for option in options:
                self._given[option] = None

    def _wrong(self, remarks: Iterable[Remark]) -> str:
        """What has to be mended of what was found; all else is told, once."""
        for found in remarks:
            said = f"{found.about}: {found.says}{f'; {found.remedy}' if found.remedy else ''}"
            if found.grade == "problem" or (found.grade == "warning" and found.about.startswith(_TO_MEND)):
                return said
            if found not in self._told and not found.about.startswith("driver"):
                self._told.add(found)
                click.secho(language.say(said), fg="green" if found.grade == "good" else "yellow", err=True)
        return ""

    def _answer(self, option: str, question: str, default: str | None = NONE) -> str:
        if (given := self._given.get(option)) is not None:
            return str(given)
        self._asked = True
        try:
            answer: str = click.prompt(language.say(question), default=default, err=True)
        except click.Abort as end:
            if isinstance(end.__context__, EOFError):
                raise WrongUsage(f"no answer to {question!r}; give --{option.replace('_', '-')}") from None
            sys.exit(Exit.INTERRUPTED)
        return answer.strip()

    def _target(self) -> Iterable[Remark]:
        url = addresses.base_url(self._answer("url", "URL of the API, as in https://host/api/v1", None), "--url")
        here = Target("", url).is_loopback
        question = "What is it: mock, staging or production (only GET requests are sent there)"
        environment = self._answer("environment", question, "mock" if here else None)
        if environment not in ("mock", "staging", "production"):
            raise ProfileError(f"{environment!r} is none of mock, staging, production", "--environment")
        name = self._answer("name", "What reports call it", urlsplit(url).hostname)
        self._document["target"] = {"name": name, "base_url": url, "environment": environment}
        if self._tries:
            yield first_contact.reached(Target(name, url))

    def _account(self, role: str) -> Iterable[Remark]:
        whose = "the account that is tested" if role == "caller" else "a second user"
        told = ("Token (JWT)", "API key", "Secret of the API key")
        account: dict[str, Any] = {"name": role}
        for kind, words, variable in zip(KINDS, told, variables(role), strict=True):
            if kind == "api_secret" and "api_key" not in account:
                continue
            option = _option(role, kind)
            default = f"env:{variable}" if self._environ.get(variable) else NONE
            answer = self._answer(option, f"{words} of {whose}: env:NAME, file:PATH, command:LINE or none", default)
            if answer != NONE:
                account[kind] = _source(answer, option)
        self._document.setdefault("accounts", {})[role] = account
        if role == "other" and len(account) == 1:
            del self._document["accounts"]["other"]
            return []
        return self._examined()

    def _markets(self) -> Iterable[Remark]:
        given: tuple[str, ...] | None = self._given.get("market")
        asked = "symbol, a price at which a buy stays open, one for a sell, quantity; or none"
        markets = [_market(line) for line in given or () if line != NONE]
        while (
            not given and (answer := self._answer("market", f"{'Another' if markets else 'A'} market: {asked}")) != NONE
        ):
            markets.append(_market(answer))
        self._document["markets"] = markets
        if not self._document["markets"]:
            del self._document["markets"]
        return self._examined()

    def _driver(self) -> Iterable[Remark]:
        driver: dict[str, Any] = {}
        place = self._answer("place", "How an order is placed: METHOD PATH, METHOD URL or none", "POST /spot/orders")
        if place != NONE:
            body = self._answer("place_body", "Its body, as JSON", json.dumps(BODY))
            driver["place"] = _request(place, "--place") | {"body": _json(body)}
            pointer = self._answer("order_id", "JSON pointer of the order's id in the answer, or none", "/id")
            driver["place"] |= {} if pointer == NONE else {"order_id": pointer}
            cancel = self._answer("cancel", "How one order is canceled, or none", "DELETE /spot/orders/{id}")
            driver |= {} if cancel == NONE else {"cancel": _request(cancel, "--cancel")}
        self._document["driver"] = driver
        profile = self._loaded()
        return first_contact.placed(profile) if place != NONE and self._may_place(profile) else []

    def _may_place(self, profile: Profile) -> bool:
        if not self._tries:
            return False
        if (given := self._given.get("try_placing")) is not None:
            return bool(given)
        market = profile.markets[0]
        told = f"Place one order now ({market.quantity} {market.symbol} at {market.resting_buy}), and cancel it again?"
        return self._answer("try_placing", f"{told} yes or no", "no").lower() in ("y", "yes")

    def _loaded(self) -> Profile:
        try:
            return loader.loads(tomli_w.dumps(self._document), "", self._folder, self._environ)
        except TypeError as error:  # null, which TOML does not have
            raise ProfileError(f"TOML cannot hold it: {error}", "--place-body") from None

    def _examined(self) -> Iterable[Remark]:
        profile = self._loaded()
        return examine_profile(profile) if self._tries else []


def _option(role: str, kind: str) -> str:
    return kind if role == "caller" else f"other_{kind}"


def _source(answer: str, option: str) -> dict[str, str]:
    """Where a credential comes from. What is none is not shown: it may be the credential itself."""
    kind, colon, place = answer.partition(":")
    if kind not in ("env", "file", "command") or not colon or not place.strip():
        told = "a profile holds no credential; say where it is: env:NAME, file:PATH or command:LINE"
        raise ProfileError(told, f"--{option.replace('_', '-')}")
    return {kind: place.strip()}


def _market(line: str) -> dict[str, str]:
    names = ("symbol", "resting_buy", "resting_sell", "quantity")
    words = line.split()
    if len(words) != len(names):
        raise ProfileError(f"{line!r} is not of the form 'DFUSDT 0.5000 0.6000 10': {', '.join(names)}", "--market")
    return dict(zip(names, words, strict=True))


def _request(line: str, option: str) -> dict[str, str]:
    if not (found := re.fullmatch(r"([A-Z]+) +(\S+)", line)):
        raise ProfileError(f"{line!r} is not of the form 'POST /spot/orders'", option)
    return {"method": found[1], "url" if "://" in found[2] else "path": found[2]}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ProfileError(f"is no JSON: {error}", "--place-body") from None
