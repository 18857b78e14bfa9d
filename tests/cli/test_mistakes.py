"""Mistakes of a user: each is answered by one true line with what to do about it, by the right code, and by no verdict.

Two tables: what only the target shows, and what is seen before anything is sent. A new mistake is a row.
"""

import re
import socket
import time
from asyncio import StreamWriter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import jwt
import pytest

from conformance import faults
from conformance.elsewhere import remedy
from conformance.profile import Target
from conformance.sandbox import Sandbox, Served
from conformance.sandbox.records import from_record
from tests.hostile.serve import Hostile, Request, serving
from tests.orders import record
from tests.runs import Ended, run, start

Edit = Callable[[str, Sandbox, Served], str]


@dataclass(frozen=True)
class Mistake:
    """What is done to the sandbox's profile, and what `run` and `doctor` have to say of it; None: doctor cannot tell.

    `code`: what `run` exits with. `requests`: how many it sends at most. `twin`: what is served in the sandbox's place.
    """

    edit: Edit
    says: str
    code: int = 3
    doctor: int | None = 3
    requests: int = 3
    words: tuple[str, ...] = ()
    twin: str | None = None


def replacing(pattern: str, by: str) -> Edit:
    def edit(profile: str, *_: object) -> str:
        text, count = re.subn(pattern, by, profile)
        assert count, pattern
        return text

    return edit


def both(*edits: Edit) -> Edit:
    def edit(profile: str, sandbox: Sandbox, served: Served) -> str:
        for each in edits:
            profile = each(profile, sandbox, served)
        return profile

    return edit


def expired(profile: str, sandbox: Sandbox, _: Served) -> str:
    for account, keys in sandbox.gatekeeper.keys.items():
        claims = {"sub": account, "exp": int(time.time()) - 7200}
        profile = profile.replace(keys.jwt, jwt.encode(claims, sandbox.gatekeeper.secret, algorithm="HS256"))
    return profile


def exchanged(profile: str, sandbox: Sandbox, _: Served) -> str:
    one, another = (keys.jwt for keys in sandbox.gatekeeper.keys.values())
    return profile.replace(one, "…").replace(another, one).replace("…", another)


NO_INJECT = replacing(r"\[driver\.inject[^[]*(\[driver\.inject[^[]*)?", "")
NO_JWT = partial(re.sub, r"jwt = .*", "")
NO_KEYS = replacing(r"api_(key|secret) = .*", "")
PLACE = r'(\[driver\.place\]\nmethod = "POST"\npath = )"/spot/orders"'
SAY_V1 = r"say http://\S+/api/v1 in target.base_url"
PLACED = 200  # requests of a set-up that ends with the first orders

MISTAKES = {
    # -- the address ---------------------------------------------------------------------------------------------------
    "a base URL without its base path": Mistake(
        replacing(r'/api/v1"', '"'), rf"404 'Not Found': http://\S+/spot/orders is no list .*{SAY_V1}"
    ),
    "a base URL of another version": Mistake(
        replacing(r"/api/v1", "/api/v2"), rf"/api/v2/spot/orders is no list of orders; {SAY_V1}"
    ),
    "a base URL that ends with the operation": Mistake(
        replacing(r"/api/v1", "/api/v1/spot/orders"), rf"/spot/orders/spot/orders is no list .*{SAY_V1}"
    ),
    "https on a port that speaks plain HTTP": Mistake(
        replacing('base_url = "http:', 'base_url = "https:'),
        "does not use TLS; write http:// in target.base_url",
        requests=1,
    ),
    "a host that does not resolve": Mistake(
        replacing(r'base_url = "http://127\.0\.0\.1', 'base_url = "https://no-such-host.invalid'),
        "the name of the host does not resolve: .*; is target.base_url spelled right",
        requests=1,
    ),
    "a port that nobody listens on": Mistake(
        replacing(r"(base_url = \S+:)\d+", r"\g<1>1"),
        "refused; is the target up, and listening on that port",
        requests=1,
    ),
    # -- the credentials -----------------------------------------------------------------------------------------------
    "an expired token": Mistake(
        expired, r"401 BAD_TOKEN: the token is refused; it expired at \d{4}-.* UTC; get a new one", requests=1
    ),
    "an expired token alone": Mistake(both(expired, NO_KEYS), "it expired at .*; get a new one", requests=1),
    "a token that is cut off": Mistake(
        both(replacing(r'(jwt = ".*)..."', r'\1"'), NO_KEYS), "401 BAD_TOKEN: the token is refused; is it spelled in"
    ),
    "all credentials of another environment": Mistake(
        replacing(r'(jwt|api_key) = "', r"\g<0>x"), "401 BAD_TOKEN: the token is refused; .* of this environment?"
    ),
    "a wrong secret": Mistake(
        both(replacing("jwt = .*", ""), replacing('api_secret = "', r"\g<0>x")),
        "403 BAD_SIGNATURE: the key is refused; .* Is its secret the right one",
    ),
    "key and secret exchanged, beside a good token": Mistake(
        replacing(r'api_key = (".*")\napi_secret = (".*")', r"api_key = \2\napi_secret = \1"),
        "401 UNKNOWN_KEY: the key is refused; .* not exchanged with the key, .* To test without it, leave it out",
    ),
    "a key in place of a token": Mistake(
        replacing(r'jwt = ".*"\napi_key = (".*")', r"jwt = \1\napi_key = \1"),
        "401 BAD_TOKEN: the token is refused; is it spelled .* To test without it, leave it out of the profile",
    ),
    "the tokens of two users exchanged": Mistake(
        exchanged, "the token of accounts.caller is of 'bob', by its sub.*; exchange the two tokens", 2, 2, 0
    ),
    # -- the driver ----------------------------------------------------------------------------------------------------
    "a path where no orders are placed": Mistake(
        both(NO_INJECT, replacing(PLACE, r'\1"/spot/order"')),
        "no order can be placed: 404 to POST http://.*/spot/order; are driver.place.path and its method right?",
        doctor=None,
        requests=PLACED,
    ),
    "a method that places no orders": Mistake(
        both(NO_INJECT, replacing(r'(\[driver\.place\]\nmethod = )"POST"', r'\1"PUT"')),
        "no order can be placed: 405 to PUT .*; are driver.place.path and its method right?",
        doctor=None,
        requests=PLACED,
    ),
    "an order_id that points to nothing": Mistake(
        both(NO_INJECT, replacing('order_id = "/id"', 'order_id = "/order/id"')),
        "order_id /order/id does not exist in the answer, which has id, symbol, .*; give the JSON pointer of the id",
        doctor=None,
        requests=PLACED,
    ),
    "a market in the wrong case": Mistake(
        both(NO_INJECT, replacing('symbol = "DFUSDT"', 'symbol = "dfusdt"')),
        "order in dfusdt was rejected: UNKNOWN_MARKET; is the market dfusdt spelled as the target .* lower case differ",
        doctor=None,
        requests=PLACED,
    ),
    "a market whose lists the target refuses": Mistake(
        both(replacing(r"\[driver[\s\S]*", ""), replacing('symbol = "DFUSDT"', 'symbol = "NOPE"')),
        "404 NO_SUCH_MARKET to a list; is the market NOPE spelled as the target spells it?",
        doctor=None,
        requests=300,
        words=("-k", "list_filters"),
        twin="unknown-symbol-not-found",
    ),
    # -- the command line ----------------------------------------------------------------------------------------------
    "-k that matches nothing": Mistake(
        lambda profile, *_: profile,
        "-k 'no_such_check' matches no check",
        doctor=None,
        words=("-k", "no_such_check"),
        requests=0,
    ),
}


def one_line(done: Ended) -> str:
    return " ".join(done.printed.split())


def expect_no_untruth(done: Ended) -> None:
    assert "Traceback" not in done.printed
    assert "Inconsistent data generation" not in done.printed
    assert "somebody else is at work" not in done.printed
    assert "Violated" not in done.stdout


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_one_true_line_with_its_remedy(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    sandbox = Sandbox(1) if mistake.twin is None else faults.twins()[mistake.twin].sandbox(1)
    for number in range(3):
        known = record(
            str(UUID(int=number, version=4)), status="canceled", symbol="BTCUSDT", created_at=1_700_000_000 + number
        )
        sandbox.exchange.inject(from_record("alice", known))
    with sandbox.serve() as served:
        text = mistake.edit(served.profile_toml, sandbox, served)
        (tmp_path / "p.toml").write_text(text, encoding="utf-8")
        done = run(tmp_path, "--target", "p.toml", *mistake.words)
        examined = start(tmp_path, "doctor", "--target", "p.toml").end()
    assert done.code == mistake.code, done.printed
    verdicts = [line for line in done.printed.splitlines() if re.search(mistake.says, line)]
    assert verdicts, done.printed
    assert done.results["requests"]["total"] <= mistake.requests
    assert not done.with_verdict("fail")
    assert not any(order.live for orders in sandbox.exchange.orders.values() for order in orders.values())
    if mistake.doctor is None:
        assert examined.code == 0, examined.printed
    else:
        assert examined.code == mistake.doctor, examined.printed
        assert re.search(mistake.says.replace("; ", ";? "), one_line(examined)), examined.printed
        assert "is the target up, and are the credentials" not in one_line(examined)
    for each in (done, examined):
        expect_no_untruth(each)


# -- mistakes that are told before anything is sent --------------------------------------------------------------------

PROFILE = """
[target]
name = "staging"
base_url = "http://127.0.0.1:9/api/v1"

[accounts.caller]
name = "alice"
jwt = "one"

[[markets]]
symbol = "DFUSDT"
resting_buy = "0.5"
resting_sell = "0.6"
quantity = "10"
"""

WAIVER = """
[[waiver]]
requirement = "list.limit-max"
target = "staging"
owner = "orders"
reason = "a gateway"
expires = 2099-01-01
"""


@dataclass(frozen=True)
class Refused:
    """A command line, what is replaced in the profile or in the waivers (`old`, `new`), and what is said. Exit 2."""

    words: str
    says: str
    old: str = ""
    new: str = ""


RUN = "run --target p.toml"
REFUSED = {
    # -- the profile ---------------------------------------------------------------------------------------------------
    "a profile that is not there": Refused("run --target q.toml", "q.toml: no such file; give a profile, or a URL"),
    "a folder for a profile": Refused("run --target .", "is a folder; give the profile in it"),
    "a URL without a scheme": Refused("run --target 127.0.0.1:9", "a URL that begins with http:// or https://"),
    "a URL without credentials": Refused("run --target http://127.0.0.1:9", "no credentials: set P99_JWT, or"),
    "a profile that is not TOML": Refused(RUN, "p.toml: is not valid TOML: .*line", 'name = "alice"', "name = alice"),
    "an unknown table": Refused(RUN, "targets: unknown key; did you mean target", "[target]", "[targets]"),
    "an unknown key": Refused(RUN, "target.base_ulr: unknown key; did you mean base_url", "base_url", "base_ulr"),
    "a number without quotes": Refused(RUN, 'has to be text in quotes, not 0.5; write "0.5"', '"0.5"', "0.5"),
    "a variable that is not set": Refused(
        RUN, "the environment variable ALICE is not set; export it", '"one"', '{ env = "ALICE" }'
    ),
    "a file of a token that is not there": Refused(
        RUN,
        "the file jwt.txt cannot be read: .*; a relative path starts at the profile's folder",
        '"one"',
        '{ file = "jwt.txt" }',
    ),
    "a command that fails": Refused(RUN, "the command failed with exit code 3", '"one"', '{ command = "exit 3" }'),
    "a token with its scheme": Refused(RUN, "give the credential alone, without 'Bearer'", '"one"', '"Bearer one"'),
    "a number for a token": Refused(RUN, "has to be text in quotes or a table, not this", '"one"', "5"),
    "two sources of a token": Refused(
        RUN, "needs one of env, file, command, and only one", '"one"', '{ env = "A", file = "b" }'
    ),
    "a variable as the shell writes it": Refused(
        RUN, r'knows no variables of the shell; write \{ env = "ALICE" \}', '"one"', '"${ALICE}"'
    ),
    "a token that still has its quotes": Refused(
        RUN, "begins and ends with quotes; give the credential without them", '"one"', "'\"one\"'"
    ),
    "a command that prints nothing": Refused(
        RUN, "what the command printed is empty; it has to be", '"one"', '{ command = "true" }'
    ),
    "a key without its secret": Refused(
        RUN, "caller.api_secret: missing, though api_key is given", 'jwt = "one"', 'api_key = "one"'
    ),
    "no credentials at all": Refused(RUN, "caller: has no credentials; give jwt, or api_key", 'jwt = "one"', ""),
    "one token for two users": Refused(
        RUN,
        "accounts.other.jwt: the same as accounts.caller.jwt",
        "[[m",
        '[accounts.other]\nname = "b"\njwt = "one"\n[[m',
    ),
    "one key for two users": Refused(
        RUN,
        "accounts.other.api_key: the same as accounts.caller.api_key; two accounts have to be two users",
        "[[m",
        'api_key = "k"\napi_secret = "s"\n[accounts.other]\nname = "b"\napi_key = "k"\napi_secret = "t"\n[[m',
    ),
    "two users of one name": Refused(
        RUN, "'alice' is accounts.caller already", "[[m", '[accounts.other]\nname = "alice"\njwt = "two"\n[[m'
    ),
    "a token with a line break": Refused(RUN, "jwt: the text holds a line break .*give the", '"one"', r'"one\n"'),
    "a key with a space": Refused(
        RUN, "api_key: the text holds a space .*give the", 'jwt = "one"', 'api_key = "k "\napi_secret = "s"'
    ),
    "a base URL with a query": Refused(RUN, "holds a query .*give the URL up to", "/api/v1", "/api/v1?x=1"),
    "a base URL with a password": Refused(RUN, "credentials belong in \\[accounts", "http://", "http://u:p@"),
    "a port that no machine has": Refused(RUN, "Port out of range 0-65535", ":9/", ":99999/"),
    "a proxy without a scheme": Refused(
        RUN, "target.proxy: 'proxy:1' is no http:// or", "[accounts", 'proxy = "proxy:1"\n[accounts'
    ),
    "a CA that is not there": Refused(
        RUN, "the file ca.pem cannot be read: .*; a relative", "[accounts", 'ca_bundle = "ca.pem"\n[accounts'
    ),
    "an unknown environment": Refused(
        RUN, "has to be 'mock', 'staging' or 'production'", "[accounts", 'environment = "dev"\n[accounts'
    ),
    "a time in quotes": Refused(
        RUN, "settle_ms: has to be a whole number, not '500'", "[accounts", 'settle_ms = "500"\n[accounts'
    ),
    "a key twice": Refused(RUN, "a key is given twice \\(at line", 'name = "staging"', 'name = "staging"\nname = "a"'),
    "markets in one table": Refused(
        RUN, r"markets: has to be an array, not a table; begin each with \[\[markets", "[[markets]]", "[markets]"
    ),
    "a market twice": Refused(
        RUN,
        "'DFUSDT' is listed twice; remove one",
        "[[markets]]",
        '[[markets]]\nsymbol = "DFUSDT"\nresting_buy = "1"\nresting_sell = "2"\nquantity = "1"\n[[markets]]',
    ),
    "a price with a comma": Refused(RUN, 'has to be a plain decimal in quotes, as in "0.5000"', '"0.5"', '"0,5"'),
    "a price with a comma, without quotes": Refused(
        RUN,
        r'p.toml: is not valid TOML: .*line 12.*; write a decimal with a point, .* in quotes: "0.5"',
        '"0.5"',
        "0,5",
    ),
    "a name without quotes": Refused(
        RUN, 'not valid TOML: .*; write text in plain quotes: "alice"', '"alice"', "alice"
    ),
    "typographic quotes": Refused(RUN, 'not valid TOML: .*; write text in plain quotes: "alice"', '"alice"', "“alice”"),
    "a table in double brackets": Refused(
        RUN,
        r"has to be a table, not an array; write its name in single brackets",
        "[accounts.caller]",
        "[[accounts.caller]]",
    ),
    "a header with a line break": Refused(
        RUN, "headers.X: holds a line break", "[accounts", 'headers = { X = "a\\nb" }\n[accounts'
    ),
    "a token among the headers": Refused(
        RUN, r"belong in \[accounts", "[accounts", 'headers = { Authorization = "Bearer one" }\n[accounts'
    ),
    "a CA that is no certificate": Refused(
        RUN, "p.toml holds no certificate in PEM form", "[accounts", 'ca_bundle = "p.toml"\n[accounts'
    ),
    "a rate of nothing": Refused(
        RUN, "has to be above 0, not 0", "[accounts", "max_requests_per_second = 0\n[accounts"
    ),
    "a placeholder without quotes": Refused(
        RUN,
        'not valid TOML: .*; write a placeholder in quotes: "{price}"',
        "[[m",
        '[driver.place]\nmethod = "POST"\npath = "/orders"\nbody = { price = {price} }\n[[m',
    ),
    "a number for a placeholder": Refused(
        RUN,
        "driver.place: the request lacks {price}",
        "[[m",
        '[driver.place]\nmethod = "POST"\npath = "/o"\n'
        'body = { symbol = "{symbol}", side = "{side}", price = 1.5, quantity = "{quantity}" }\n[[m',
    ),
    "a time that is no duration": Refused(
        RUN,
        "target.settle_ms: has to be 3600000 or less, not 1778400000000",
        "[accounts",
        "settle_ms = 1778400000000\n[accounts",
    ),
    "a path without a slash": Refused(
        RUN,
        'driver.place.path: .* does not begin with a slash; try "/orders"',
        "[[m",
        '[driver.place]\nmethod = "POST"\npath = "orders"\n[[m',
    ),
    "prices the wrong way round": Refused(RUN, "resting_buy 0.7 is not below resting_sell 0.6", '"0.5"', '"0.7"'),
    "no environment for another machine": Refused(
        RUN, "target.environment: missing, and h.example is not this machine; write", "127.0.0.1:9", "h.example"
    ),
    "full scope in production": Refused(
        f"{RUN} --scope full",
        "only tested with --scope read-only",
        "[accounts.caller]",
        'environment = "production"\n[accounts.caller]',
    ),
    # -- options -------------------------------------------------------------------------------------------------------
    "a misspelt command": Refused("rum", "No such command 'rum'"),
    "a misspelt option": Refused("run --tagret p.toml", "No such option.*--tagret.*--target"),
    "a scope that is none": Refused(f"{RUN} --scope half", "'half' is not one of 'read-only', 'full'"),
    "--only with an unknown id": Refused(
        f"{RUN} --only list.limit", "no requirement or area 'list.limit'; did you mean list"
    ),
    "--skip of everything": Refused(f"{RUN} --skip order,list,cancel,access", "leaves no requirement to test"),
    "--label without =": Refused(f"{RUN} --label build", "--label 'build' is not of the form KEY=VALUE"),
    "--seed with a word": Refused(f"{RUN} --seed one", "'one' is not a valid integer"),
    "--jobs 0": Refused(f"{RUN} --jobs 0", "--jobs 0: give 1 or more"),
    "--explore without a unit": Refused(f"{RUN} --explore 10", "'10' is not a time; write for example 90s, 10m or 2h"),
    "-k that cannot be read": Refused(
        f"{RUN} -k a(", "-k 'a\\(' cannot be read; it takes names joined by and, or, not"
    ),
    "--failed on no report": Refused(f"{RUN} --failed p.toml", "p.toml: no results of a run"),
    "--failed on nothing": Refused(
        f"{RUN} --failed reports", "reports: no such report; give the results.json of a run, or its report directory"
    ),
    "--replay of nothing": Refused(f"{RUN} --replay found.json", "found.json"),
    "a report folder that is a file": Refused(
        f"{RUN} --report-dir p.toml", "nothing can be written there: that is a file; give the reports another folder"
    ),
    "a report folder that nobody may write to": Refused(
        f"{RUN} --report-dir /sys/reports", "/sys/reports: .*nothing can be written there: .*; give the reports another"
    ),
    "a report folder in a file": Refused(
        f"{RUN} --report-dir p.toml/r", "nothing can be written there: Not a directory; give the reports another"
    ),
    # -- waivers, and other commands -----------------------------------------------------------------------------------
    "waivers that are not there": Refused(
        f"{RUN} --waivers v.toml", "v.toml: no such file; `p99-conformance waivers --from REPORT` writes one"
    ),
    "waivers that are not TOML": Refused(f"{RUN} --waivers w.toml", "w.toml: no TOML", "owner = ", "owner "),
    "a waiver without an owner": Refused(
        f"{RUN} --waivers w.toml", "w.toml: waiver 1: no owner", 'owner = "orders"', ""
    ),
    "a waiver with a day in quotes": Refused(
        f"{RUN} --waivers w.toml", "waiver 1: expires has to be a day, as 2026-12-31", "2099-01-01", '"2099-01-01"'
    ),
    "an explanation of no requirement": Refused(
        "explain list.limits", "no requirement 'list.limits'; did you mean list.limit"
    ),
    "a gate for no report": Refused("gate p.toml", "p.toml: no results of a run"),
    "a folder for a new profile that is not there": Refused(
        "init --untried --out no/p.toml", "nothing can be written in the folder no; give another --out"
    ),
    "a profile of the sandbox that cannot be written": Refused(
        "sandbox --port 0 --profile-out no/p.toml", "cannot write no/p.toml: No such file or directory"
    ),
    "a log of the sandbox that cannot be written": Refused(
        "sandbox --port 0 --log no/log", "cannot write no/log: No such file or directory"
    ),
    "a proof of no fault": Refused("prove oldest-frist", "oldest-frist.*oldest-first"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_that_needs_no_target_is_told_before_anything_is_sent(name: str, tmp_path: Path) -> None:
    mistake = REFUSED[name]
    for file, text in (("p.toml", PROFILE), ("w.toml", WAIVER)):
        (tmp_path / file).write_text(
            text.replace(mistake.old, mistake.new, 1) if mistake.old else text, encoding="utf-8"
        )
    done = start(tmp_path, *mistake.words.split()).end()
    assert done.code == 2, done.printed
    assert re.search(mistake.says, one_line(done)), done.printed
    assert not done.results
    expect_no_untruth(done)


def test_http_on_a_port_that_speaks_tls(tmp_path: Path) -> None:
    async def never(_request: Request, _writer: StreamWriter) -> None:
        raise AssertionError("nothing is asked over TLS with a certificate that nobody trusts")

    with serving({"tls": Hostile(never, (3,), "", tls=True)}) as urls:
        url = urls["tls"].replace("https://", "http://")
        done = run(tmp_path, "--target", url, P99_JWT="any.thing.atall")
    assert done.code == 3, done.printed
    assert f"that port uses TLS: write {urls['tls']} in target.base_url" in done.printed
    expect_no_untruth(done)


def answering(head: str) -> Hostile:
    async def answer(_request: Request, writer: StreamWriter) -> None:
        writer.write(head.encode("latin-1"))

    return Hostile(answer, (3,), "")


TO = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
ANSWERS = {
    "a login in front of it": (
        f"{TO}https://login.invalid/?next=1\r\n\r\n",
        r"302: \S+/spot/orders leads to https://login.invalid/; so does any other path; is target.base_url that of",
    ),
    "a list that has moved": (
        f"{TO}http://api.invalid/v2/spot/orders?limit=200\r\n\r\n",
        r"leads to http://api.invalid/v2/spot/orders; say http://api.invalid/v2 in target.base_url",
    ),
    "a port that wants HTTP/2": (
        "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
        r"426: \S+ wants another protocol; give an address in target.base_url that speaks HTTP/1.1",
    ),
    "a port of another protocol": ("SSH-2.0-OpenSSH\r\n", "no HTTP: 'SSH.*; give an address .* that speaks HTTP/1.1"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_address_where_the_api_is_not(name: str, tmp_path: Path) -> None:
    head, says = ANSWERS[name]
    with serving({"it": answering(head)}) as urls:
        done = run(tmp_path, "--target", urls["it"], P99_JWT="any.thing.atall")
    assert done.code == 3, done.printed
    assert re.search(says, one_line(done)), done.printed
    assert done.results["requests"]["total"] <= 3
    expect_no_untruth(done)


def test_a_certificate_that_is_signed_by_itself(tmp_path: Path) -> None:
    with serving({"tls": Hostile(answering("").answer, (3,), "", tls=True)}) as urls:
        done = run(tmp_path, "--target", urls["tls"], P99_JWT="any.thing.atall")
    assert done.code == 3, done.printed
    assert "self-signed certificate; name the file of its CA in target.ca_bundle" in one_line(done)
    expect_no_untruth(done)


def test_a_port_that_another_program_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = start(tmp_path, "sandbox", "--port", port).end()
    assert done.code == 2, done.printed
    assert f"cannot serve on port {port}: Address already in use; give another --port" in done.printed
    expect_no_untruth(done)


def test_a_clock_that_is_wrong(tmp_path: Path) -> None:
    with Sandbox(1).serve() as served:
        (tmp_path / "p.toml").write_text(NO_JWT(served.profile_toml), encoding="utf-8")
        patch = "import time; now = time.time; time.time = lambda: now() - 3600"
        done = start(tmp_path, "run", "--target", "p.toml", patch=patch).end()
    assert done.code == 3, done.printed
    says = "403 STALE_TIMESTAMP: the key is refused; set the clock of this machine: it is 3[56].. s behind the answer's"
    assert re.search(says, one_line(done)), done.printed
    expect_no_untruth(done)


def test_a_proxy_that_requires_credentials(tmp_path: Path) -> None:
    async def refuse(_request: Request, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")

    with serving({"proxy": Hostile(refuse, (3,), "")}) as urls:
        target = 'environment = "staging"\nproxy = "' + urls["proxy"].removesuffix("/api/v1") + '"\n[accounts'
        text = PROFILE.replace("127.0.0.1:9", "h.invalid").replace("[accounts", target, 1)
        (tmp_path / "p.toml").write_text(text, encoding="utf-8")
        plain = run(tmp_path, "--target", "p.toml")
        (tmp_path / "p.toml").write_text(text.replace("http://h.", "https://h."), encoding="utf-8")
        encrypted = run(tmp_path, "--target", "p.toml")
    for done in (plain, encrypted):
        assert done.code == 3, done.printed
        assert "407" in one_line(done)
        assert "write its user and password in target.proxy" in one_line(done)
        assert "is the target up" not in one_line(done)
        expect_no_untruth(done)


@pytest.mark.parametrize(
    ("problem", "proxy", "environ", "to_do"),
    [
        ("TLS failed: certificate verify failed: certificate has expired", None, {}, "new certificate"),
        ("TLS failed: certificate verify failed: certificate is not yet valid", None, {}, "clock"),
        ("TLS failed: certificate verify failed: certificate is not valid for 'h'", None, {}, "target.base_url"),
        ("TLS failed: certificate verify failed: self-signed certificate", None, {}, "target.ca_bundle"),
        ("no connection: Connection refused", None, {}, "listening on that port"),
        ("no connection: Connection refused", "http://p:1", {}, "target.proxy right"),
        (
            "no connection: Connection refused",
            None,
            {"HTTPS_PROXY": "http://p:1"},
            "HTTPS_PROXY is set, and is not used",
        ),
    ],
)
def test_what_to_do_where_no_answer_came(
    problem: str, proxy: str | None, environ: dict[str, str], to_do: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    target = Target("t", "https://h.invalid", "staging", proxy=proxy)
    client: Any = SimpleNamespace(target=target)
    lost: Any = SimpleNamespace(problem=problem)
    assert to_do in remedy(client, lost)


def test_tls_is_called_good_only_where_it_is(tmp_path: Path) -> None:
    with Sandbox(1).serve() as served:
        profile = re.sub(r"http://127\.0\.0\.1:\d+", "https://no-such-host.invalid", served.profile_toml)
    (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
    examined = start(tmp_path, "doctor", "--target", "p.toml").end()
    assert "TLS, verified" not in examined.printed
    assert "does not resolve" in examined.printed


@pytest.mark.parametrize("mistake", ["a base URL without its base path", "-k that matches nothing", "an expired token"])
def test_a_run_that_judges_nothing_keeps_the_earlier_reports(mistake: str, tmp_path: Path) -> None:
    sandbox = Sandbox(1)
    with sandbox.serve() as served:
        (tmp_path / "good.toml").write_text(served.profile_toml, encoding="utf-8")
        (tmp_path / "bad.toml").write_text(
            MISTAKES[mistake].edit(served.profile_toml, sandbox, served), encoding="utf-8"
        )
        good = run(tmp_path, "--target", "good.toml", "-k", "start_is_inclusive")
        kept = {each.name: each.read_bytes() for each in (tmp_path / "reports").iterdir()}
        bad = run(tmp_path, "--target", "bad.toml", *MISTAKES[mistake].words)
    assert (good.code, bad.code) == (0, 3), good.printed + bad.printed
    assert {each.name: each.read_bytes() for each in (tmp_path / "reports").iterdir()} == kept
    if not MISTAKES[mistake].words:
        assert "nothing was tested, so the reports of an earlier run stay in reports" in one_line(bad)


def test_a_run_that_judges_nothing_replaces_reports_that_say_the_same(tmp_path: Path) -> None:
    run(tmp_path, "--target", "http://127.0.0.1:1", P99_JWT="any.thing.atall")
    done = run(tmp_path, "--target", "http://127.0.0.1:2", P99_JWT="any.thing.atall")
    assert done.results["target"]["base_url"] == "http://127.0.0.1:2"
    assert "earlier run" not in done.printed
