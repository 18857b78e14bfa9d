"""Profiles: what a good one says, and the one line that a bad one earns."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from conformance.profile import LaneNames, Market, Profile, ProfileError, Target
from conformance.profile.loader import from_url, load, loads

ENVIRON = {"ALICE_JWT": "alice-jwt", "ALICE_KEY": "alice-key", "ALICE_SECRET": "alice-secret", "BOB_JWT": "bob-jwt"}

GOOD = """
[target]
name = "staging"
base_url = "https://api.example/api/v1/"
environment = "staging"

[accounts.caller]
name = "alice"
jwt = { env = "ALICE_JWT" }
api_key = { env = "ALICE_KEY" }
api_secret = { env = "ALICE_SECRET" }

[accounts.other]
name = "bob"
jwt = { env = "BOB_JWT" }

[[markets]]
symbol = "DFUSDT"
resting_buy = "0.5000"
resting_sell = "0.6000"
quantity = "10"

[driver.place]
method = "POST"
path = "/spot/orders"
order_id = "/id"
body = { symbol = "{symbol}", side = "{side}", price = "{price}", quantity = "{quantity}" }

[driver.cancel]
method = "DELETE"
path = "/spot/orders/{id}"

[driver.inject]
method = "POST"
url = "http://127.0.0.1:9000/_test/orders"
body = { account = "{account}", orders = "{orders}" }

[driver.fault]
method = "POST"
url = "http://127.0.0.1:9000/_test/fault"
body = { error = "{error}", times = "{times}" }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "staging.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str = GOOD, environ: Mapping[str, str] = ENVIRON) -> Profile:
    return load(write(folder, text), environ)


def edited(*edits: str) -> str:
    """GOOD with each `old => new` applied; ⏎ is a line break."""
    text = GOOD
    for edit in edits:
        old, _, new = edit.partition(" => ")
        old, new = old.replace("⏎", "\n"), new.replace("⏎", "\n")
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def refused(folder: Path, text: str, environ: Mapping[str, str] = ENVIRON) -> str:
    with pytest.raises(ProfileError) as error:
        loaded(folder, text, environ)
    said = str(error.value)
    prefix = f"{folder / 'staging.toml'}: "
    assert said.startswith(prefix)
    assert said.isprintable()
    assert len(said) < len(prefix) + 250
    return said.removeprefix(prefix)


def test_a_whole_profile(tmp_path: Path) -> None:
    profile = loaded(tmp_path)
    assert profile.target == Target("staging", "https://api.example/api/v1", "staging")
    assert (profile.target.settle_ms, profile.target.consistency_ms, profile.target.disposable) == (2000, 0, False)
    assert (profile.target.max_orders, profile.target.max_requests_per_second) == (None, None)
    caller, other = profile.accounts["caller"], profile.accounts["other"]
    assert (caller.name, other.name) == ("alice", "bob")
    assert [secret.reveal() for secret in profile.secrets] == ["alice-jwt", "alice-key", "alice-secret", "bob-jwt"]
    assert other.api_key is None
    assert profile.lanes == (LaneNames("caller", "other"),)
    half, tenths = Decimal("0.5000"), Decimal("0.6000")
    assert profile.markets == (Market("DFUSDT", half, tenths, Decimal(10), Decimal("0.0001"), Decimal(1)),)
    assert not profile.from_bare_url
    place = profile.driver.place
    assert place
    assert (place.method, place.encoding, place.order_id, place.url) == ("POST", "json", "/id", None)
    assert profile.driver.cancel
    assert profile.driver.cancel.fill({"id": "a/b"}).url == "https://api.example/api/v1/spot/orders/a%2Fb"


def test_what_is_optional(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(Path(DEFAULT_CA_BUNDLE_PATH).read_bytes())
    options = (
        'headers = { X-Env = "blue" }⏎ca_bundle = "ca.pem"⏎proxy = "http://user:proxy-pass%21@proxy.example:3128"⏎'
        "max_requests_per_second = 0.5⏎settle_ms = 10⏎consistency_ms = 20⏎disposable = true⏎max_orders = 30"
    )
    profile = loaded(tmp_path, edited(f'environment = "staging" => environment = "staging"⏎{options}'))
    target = profile.target
    assert target.headers == {"X-Env": "blue"}
    assert target.ca_bundle == str(tmp_path / "ca.pem")
    assert (target.max_requests_per_second, target.settle_ms, target.consistency_ms) == (0.5, 10, 20)
    assert (target.disposable, target.max_orders) == (True, 30)
    assert {"proxy-pass!", "proxy-pass%21"} < {secret.reveal() for secret in profile.secrets}


def test_no_secret_is_in_a_profile_that_is_printed(tmp_path: Path) -> None:
    text = edited('environment = "staging" => environment = "staging"⏎proxy = "http://user:alice-proxy@proxy.example"')
    shown = repr(loaded(tmp_path, text))
    assert "Secret('***')" in shown
    assert not re.search("alice-|bob-", shown)


def test_the_least_profile(tmp_path: Path) -> None:
    text = '[target]\nname = "mock"\nbase_url = "http://127.8.9.1:8080"\n[accounts.caller]\nname = "a"\njwt = "t"\n'
    markets = '[[markets]]\nsymbol = "S"\nresting_buy = "1"\nresting_sell = "2"\nquantity = "1"\n'
    profile = loaded(tmp_path, text + markets, {})
    assert profile.target.environment is None
    assert profile.target.is_loopback
    assert profile.lanes == (LaneNames("caller", None),)
    assert profile.driver.place is None
    assert profile.markets[0].tick == 1
    assert profile.markets[0].lot == Decimal("0.1")


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "staging.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path, ENVIRON).target.name == "staging"


def test_a_text_is_as_good_as_a_file() -> None:
    assert loads(GOOD, "sandbox", environ=ENVIRON).target.name == "staging"
    with pytest.raises(ProfileError, match=r"^sandbox: target: missing"):
        loads("", "sandbox")


def test_files_and_commands_are_relative_to_the_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "token").write_text("from-a-file\n")
    monkeypatch.chdir(tmp_path)
    path = Path("profiles/staging.toml")
    path.write_text(
        edited(
            '{ env = "ALICE_JWT" } => { file = "token" }', '{ env = "BOB_JWT" } => { command = "echo a-$(cat token)" }'
        )
    )
    profile = load(path, {**os.environ, **ENVIRON})
    assert [account.jwt and account.jwt.reveal() for account in profile.accounts.values()] == [
        "from-a-file",
        "a-from-a-file",
    ]


MORE = '[accounts.caller2]⏎name = "carol"⏎jwt = "c"⏎[accounts.other2]⏎name = "dave"⏎jwt = "d"⏎'


def test_more_lanes_stand_behind_the_first(tmp_path: Path) -> None:
    text = edited(f'[[markets]] => {MORE}[[lanes]]⏎caller = "caller2"⏎other = "other2"⏎[[markets]]')
    assert loaded(tmp_path, text).lanes == (LaneNames("caller", "other"), LaneNames("caller2", "other2"))


def test_the_first_lane_may_be_spelled_out(tmp_path: Path) -> None:
    lanes = '[[lanes]]⏎caller = "caller"⏎other = "other"⏎[[lanes]]⏎caller = "caller2"⏎[[lanes]]⏎caller = "other2"⏎'
    text = edited(f"[[markets]] => {MORE}{lanes}[[markets]]")
    assert loaded(tmp_path, text).lanes == (("caller", "other"), ("caller2", None), ("other2", None))


def test_tick_and_lot_can_be_given(tmp_path: Path) -> None:
    text = edited('quantity = "10" => quantity = "10"⏎tick = "0.05"⏎lot = "2.5"')
    market = loaded(tmp_path, text).markets[0]
    assert (market.tick, market.lot) == (Decimal("0.05"), Decimal("2.5"))


def test_amounts_of_many_digits_stay_exact(tmp_path: Path) -> None:
    text = edited('"0.5000" => "0.000000000000000001"', '"0.6000" => "123456789.000000000000000001"')
    market = loaded(tmp_path, text).markets[0]
    assert market.tick == Decimal("0.000000000000000001")
    assert market.resting_sell == Decimal("123456789.000000000000000001")


AGAIN = '[[markets]]⏎symbol = "DFUSDT"⏎resting_buy = "1"⏎resting_sell = "2"⏎quantity = "1"⏎'

BAD = {
    "target": [
        ("[target] => [targets]", "targets: unknown key; did you mean target?"),
        ('name = "staging" => nam = "staging"', "target.nam: unknown key; did you mean name?"),
        ("[target] => [target]⏎colour = 1", "target.colour: unknown key; known here: name, base_url, "),
        ('[target] => [target]⏎"a b" = 1', 'target."a b": unknown key'),
        ('name = "staging" => name = 5', 'target.name: has to be text in quotes, not 5; write "5"'),
        ('name = "staging" => name = ""', "target.name: is empty"),
        ('name = "staging" => name = 1979-05-27', "target.name: is a date or a time; write it in quotes"),
        (
            'base_url = "https://api.example/api/v1/" => ',
            "target.base_url: missing: the URL below which the operations are",
        ),
        ('environment = "staging" => ', "target.environment: missing, and api.example is not this machine"),
        ('environment = "staging" => environment = "stagin"', "not 'stagin'; did you mean 'staging'?"),
        ('environment = "staging" => environment = true', "'mock', 'staging' or 'production', not true"),
        ("[target] => [target]⏎headers = { X-Env = 5 }", "target.headers.X-Env: has to be text in quotes, not 5"),
        ('[target] => [target]⏎headers = { X = "a\\r\\nb" }', "target.headers.X: holds a line break"),
        (
            '[target] => [target]⏎headers = { X = " a" }',
            "target.headers.X: holds a line break, another control character",
        ),
        ('[target] => [target]⏎headers = { X = "→" }', "target.headers.X: holds a character beyond Latin-1"),
        ('[target] => [target]⏎headers = { "X Y" = "a" }', "target.headers: 'X Y' is no name of a header"),
        ('[target] => [target]⏎headers = { authorization = "a" }', "target.headers.authorization: credentials belong"),
        (
            '[target] => [target]⏎ca_bundle = "none.pem"',
            "target.ca_bundle: the file none.pem cannot be read: No such file",
        ),
        (
            '[target] => [target]⏎ca_bundle = "staging.toml"',
            "target.ca_bundle: the file staging.toml holds no certificate",
        ),
        ('[target] => [target]⏎proxy = "proxy.example:3128"', "target.proxy: 'proxy.example:3128' is no http://"),
        (
            "[target] => [target]⏎max_requests_per_second = 0",
            "target.max_requests_per_second: has to be above 0, not 0",
        ),
        ("[target] => [target]⏎max_requests_per_second = -1.5", "has to be above 0, not -1.5"),
        ("[target] => [target]⏎max_requests_per_second = nan", "target.max_requests_per_second: is nan"),
        ("[target] => [target]⏎max_requests_per_second = inf", "target.max_requests_per_second: is inf"),
        ("[target] => [target]⏎settle_ms = -1", "target.settle_ms: has to be 0 or more, not -1"),
        ("[target] => [target]⏎settle_ms = 1.5", "target.settle_ms: has to be a whole number, not 1.5"),
        ("[target] => [target]⏎settle_ms = 10.0", "target.settle_ms: has to be a whole number, not 10.0"),
        ('[target] => [target]⏎settle_ms = "2 s"', "target.settle_ms: has to be a whole number, not '2 s'"),
        (f"[target] => [target]⏎settle_ms = 0x{'f' * 9000}", "target.settle_ms: is a number of more than 64 bits"),
        ("[target] => [target]⏎disposable = 1", "target.disposable: has to be true or false, not 1"),
        ("[target] => [target]⏎max_orders = 0.5", "target.max_orders: has to be a whole number, not 0.5"),
    ],
    "base_url": [
        (f"https://api.example/api/v1/ => {url}", f"target.base_url: {said}")
        for url, said in {
            "": "is empty",
            "ftp://api.example": "'ftp://api.example' is no http:// or https:// URL",
            "api.example/v1": "'api.example/v1' is no http:// or https:// URL",
            "https:api.example": "'https:api.example' is no http:// or https:// URL",
            "https://": "'https://' names no host",
            "https://:80/x": "'https://:80/x' names no host",
            "https://a..b": "'https://a..b' names a host that cannot be",
            "https://{host}/": "'https://{host}/' names a host that cannot be",
            "https://*.b": "'https://*.b' names a host that cannot be",
            "https://[::1/": "'https://[::1/' is no URL: Invalid IPv6 URL",
            "https://h:99999": "'https://h:99999' is no URL: Port out of range",
            "https://h:http": "'https://h:http' is no URL: ",
            "https://h:0": "'https://h:0' names port 0",
            "https://h/?a=1": "holds a query or a fragment",
            "https://h/?": "holds a query or a fragment",
            "https://h/#a": "holds a query or a fragment",
            "https://user:hush@h/": "holds a user name or a password; credentials belong in",
            "https://h/a b": "holds a blank, a control character or a backslash",
            r"https://h/\\n": "holds a blank, a control character or a backslash",
            r"https://localhost\\\\.example": "holds a blank, a control character or a backslash",
        }.items()
    ],
    "accounts": [
        ("[accounts.caller] => [accounts.calle]", "accounts.caller: missing"),
        ("[accounts.other] => [accounts.othre]", "accounts.othre: no lane works with it; name it in [[lanes]]"),
        ('name = "bob" => name = "alice"', "accounts.other.name: 'alice' is accounts.caller already"),
        ('jwt = { env = "BOB_JWT" } => jwt = "alice-jwt"', "accounts.other.jwt: the same as accounts.caller.jwt"),
        ('jwt = { env = "BOB_JWT" } => ', "accounts.other: has no credentials; give jwt, or api_key and api_secret"),
        ('api_secret = { env = "ALICE_SECRET" } => ', "accounts.caller.api_secret: missing, though api_key is given"),
        ('api_key = { env = "ALICE_KEY" } => ', "accounts.caller.api_key: missing, though api_secret is given"),
        ("jwt = { => jwtt = {", "accounts.caller.jwtt: unknown key; did you mean jwt?"),
        ('{ env = "ALICE_JWT" } => 17', "accounts.caller.jwt: has to be text in quotes or a table, not this"),
        ('{ env = "ALICE_JWT" } => ""', "accounts.caller.jwt: is empty"),
        ('{ env = "ALICE_JWT" } => "Bearer x"', "accounts.caller.jwt: the text holds a space"),
        ('{ env = "ALICE_JWT" } => {}', "accounts.caller.jwt: needs one of env, file, command, and only one"),
        ('{ env = "ALICE_JWT" } => { envv = "X" }', "accounts.caller.jwt.envv: unknown key; did you mean env?"),
        ('{ env = "ALICE_JWT" } => { env = "X", file = "y" }', "accounts.caller.jwt: needs one of env, file, command"),
        ('{ env = "ALICE_JWT" } => { env = 5 }', "accounts.caller.jwt.env: has to be text in quotes, not this"),
        ('{ env = "ALICE_JWT" } => { env = "" }', "accounts.caller.jwt.env: is empty"),
        (
            '"ALICE_JWT" => "NO_JWT"',
            'accounts.caller.jwt.env: the environment variable NO_JWT is not set; export it, or give { file = "…" }',
        ),
        ('"ALICE_JWT" => "EMPTY"', "accounts.caller.jwt.env: the environment variable EMPTY is empty"),
        (
            '{ env = "ALICE_JWT" } => { file = "none" }',
            "accounts.caller.jwt.file: the file none cannot be read: No such file",
        ),
        (
            '{ env = "ALICE_JWT" } => { command = "exit 4" }',
            "accounts.caller.jwt.command: the command failed with exit code 4",
        ),
        ('[accounts.other] => [accounts]⏎other = "hush"⏎[accounts.x]', "accounts.other: has to be a table, not this"),
    ],
    "lanes": [
        ('[[markets]] => [[lanes]]⏎caller = "carol"⏎[[markets]]', "lanes[0].caller: there is no [accounts.carol]"),
        (
            '[[markets]] => [[lanes]]⏎caller = "other"⏎[[markets]]',
            "lanes[0].caller: accounts.other works in the first lane",
        ),
        ('[[markets]] => [[lanes]]⏎other = "other"⏎[[markets]]', "lanes[0].caller: missing"),
        (
            f'[[markets]] => {MORE}[[lanes]]⏎caller = "caller2"⏎other = "caller2"⏎[[markets]]',
            "lanes[0].other: accounts.caller2 works in lanes[0]",
        ),
        (
            f'[[markets]] => {MORE}[[lanes]]⏎caller = "caller2"⏎[[lanes]]⏎caller = "caller2"⏎[[markets]]',
            "lanes[1].caller: accounts.caller2 works in lanes[0]; give each lane its own accounts",
        ),
    ],
    "markets": [
        ('"0.5000" => 0.5', 'markets[0].resting_buy: has to be text in quotes, not 0.5; write "0.5"'),
        ('"0.5000" => "half"', "markets[0].resting_buy: "),
        ('"0.5000" => "5e-1"', "markets[0].resting_buy: has to be a plain decimal in quotes, as in"),
        ('"0.5000" => "-0.5"', "markets[0].resting_buy: "),
        ('"0.5000" => "٠.٥"', "markets[0].resting_buy: "),
        ('"0.5000" => "0.5\\n"', "markets[0].resting_buy: "),
        ('"0.5000" => "0.0000"', "markets[0].resting_buy: has to be above 0"),
        ('"10" => "0"', "markets[0].quantity: has to be above 0"),
        (f'"10" => "{"7" * 9000}"', "markets[0].quantity: has more than 27 digits"),
        ('"0.6000" => "0.5"', "markets[0].resting_buy: resting_buy 0.5000 is not below resting_sell 0.5"),
        ('"0.6000" => "0.60001"', "markets[0].resting_sell: 0.60001 is no multiple of the tick 0.0001 (one unit of"),
        ('"10" => "10"⏎tick = "0.03"', "markets[0].resting_buy: 0.5000 is no multiple of the tick 0.03"),
        ('"10" => "10"⏎lot = "4"', "markets[0].quantity: 10 is no multiple of the lot 4"),
        ('"10" => "10"⏎lot = "0"', "markets[0].lot: has to be above 0"),
        ('symbol = "DFUSDT" => ', "markets[0].symbol: missing"),
        ('"10" => "10"⏎lots = "4"', "markets[0].lots: unknown key; did you mean lot?"),
        (
            f"[driver.place] => {AGAIN}[driver.place]",
            "markets[1].symbol: 'DFUSDT' is listed twice",
        ),
    ],
    "driver": [
        ("[driver.place] => [driver.plaice]", "driver.plaice: unknown key; did you mean place?"),
        ('path = "/spot/orders"⏎ => ', "driver.place: needs one of path"),
        ('path = "/spot/orders"⏎ => path = "/x"⏎url = "http://h/x"⏎', "driver.place: needs one of path"),
        ('method = "DELETE" => ', "driver.cancel.method: missing"),
        ('method = "DELETE" => method = "delete"', "not 'delete'; did you mean 'DELETE'?"),
        ('method = "DELETE" => method = "ERASE"', "driver.cancel.method: "),
        (
            '"/spot/orders/{id}" => "orders/{id}"',
            "driver.cancel.path: 'orders/{id}' does not begin with a slash; try \"/orders/{id}\"",
        ),
        (
            '"/spot/orders/{id}" => "http://h/{id}"',
            "driver.cancel.path: 'http://h/{id}' does not begin with a slash; for a whole URL use url",
        ),
        ('"/spot/orders/{id}" => "/spot/order?id={id}"', "driver.cancel.path: holds a query or a fragment"),
        ('"/spot/orders/{id}" => "/spot/ orders/{id}"', "driver.cancel.path: holds a blank"),
        ('"/spot/orders/{id}" => "/spot/orders"', "driver.cancel: the request lacks {id}; put it into"),
        ('"{orders}" => "{order}"', "driver.inject.body.orders: unknown placeholder {order}; did you mean {orders}?"),
        (
            '"{price}" => "{limit-price}"',
            "driver.place.body.price: unknown placeholder {limit-price}; did you mean {price}?",
        ),
        (
            '"{price}" => "{zzz}"',
            "driver.place.body.price: unknown placeholder {zzz}; known here: {account} {client_id}",
        ),
        ('side = "{side}" => side = [{ x = "{sid}" }]', "driver.place.body.side[0].x: unknown placeholder {sid}"),
        ('"{price}", => "1",', "driver.place: the request lacks {price}; put it into"),
        ('times = "{times}" => times = 1', "driver.fault: the request lacks {times}; put it into"),
        (
            'order_id = "/id" => order_id = "id"',
            "driver.place.order_id: 'id' is no JSON pointer; it begins with a slash",
        ),
        ('order_id = "/id" => order_id = "/a~2"', "driver.place.order_id: '/a~2' is no JSON pointer"),
        (
            'order_id = "/id" => encoding = "xml"',
            "driver.place.encoding: has to be 'json', 'form' or 'query', not 'xml'",
        ),
        (
            'order_id = "/id" => headers = { X-Who = "{whom}" }',
            "driver.place.headers.X-Who: unknown placeholder {whom}",
        ),
        (
            'order_id = "/id" => headers = { X-MBX-APIKEY = "k" }',
            "driver.place.headers.X-MBX-APIKEY: credentials belong",
        ),
        ('order_id = "/id" => headers = { X = "a\\nb" }', "driver.place.headers.X: holds a line break"),
        ('side = "{side}" => side = 1979-05-27T07:32:00Z', "driver.place.body.side: is a date or a time"),
        ('side = "{side}" => side = nan', "driver.place.body.side: is nan"),
        ('side = "{side}" => side = ["{side}"] } # ', "driver.place: the request lacks {price} and {quantity}; put"),
        (
            'body = { symbol => encoding = "form"⏎body = { x = { y = 1 }, symbol',
            "driver.place.body.x: a table or an array cannot",
        ),
        (
            'body = { symbol => encoding = "query"⏎body = { x = [1], symbol',
            "driver.place.body.x: a table or an array cannot",
        ),
        ("http://127.0.0.1:9000/_test/orders => /_test/orders", "driver.inject.url: '/_test/orders' is no http://"),
        (
            "http://127.0.0.1:9000/_test/orders => http://{account}.h/",
            "driver.inject.url: 'http://{account}.h/' names a host",
        ),
        ("http://127.0.0.1:9000/_test/orders => http://h/#x", "driver.inject.url: holds a fragment"),
        (
            "http://127.0.0.1:9000/_test/orders => http://u:hush@h/",
            "driver.inject.url: holds a user name or a password",
        ),
        (
            'url = "http://127.0.0.1:9000/_test/fault" => encoding = "query"⏎url = "http://h/?a=1"',
            "driver.fault.url: holds a query already",
        ),
    ],
}


@pytest.mark.parametrize(
    ("edit", "said"),
    [pytest.param(*case, id=f"{part}-{index}") for part, cases in BAD.items() for index, case in enumerate(cases)],
)
def test_a_bad_profile_earns_one_line_with_its_key(tmp_path: Path, edit: str, said: str) -> None:
    message = refused(tmp_path, edited(edit), {**ENVIRON, "EMPTY": ""})
    assert said in message
    assert not re.search("hush|alice-jwt", message)


ODD = [
    '""',
    '"x"',
    '"{"',
    '"{zz}"',
    '"http://["',
    '"a\\u0000b"',
    "0",
    "-1.5",
    "nan",
    "true",
    "1979-05-27",
    "[]",
    "[{}]",
    "{}",
]


@pytest.mark.parametrize("odd", ODD)
def test_no_value_however_odd_earns_anything_else(odd: str) -> None:
    lines = GOOD.splitlines()
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if not equals:
            continue
        text = "\n".join([*lines[:number], f"{key} = {odd}", *lines[number + 1 :]])
        with suppress(ProfileError):
            assert isinstance(loads(text, "odd", environ=ENVIRON), Profile)


def test_a_driver_that_places_needs_a_market(tmp_path: Path) -> None:
    start, end = GOOD.index("[[markets]]"), GOOD.index("[driver.place]")
    assert "market" in refused(tmp_path, GOOD[:start] + GOOD[end:])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[target\n", "is not valid TOML: "),
        (b"a = 1\nb = \n", "(at line 2, column 5)"),
        (b"name = 'caf\xe9'", "is not UTF-8 text (byte 11)"),
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b".".join([b"a"] * 5000) + b" = 1", "nested too deeply"),
        (b"a = " + b"9" * 5000, "is not valid TOML: "),
        (b"", "target: missing"),
        (b"target = 5", "target: has to be a table, not 5"),
        (b"\x00", "is not valid TOML: "),
    ],
)
def test_a_file_that_is_no_profile(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "staging.toml"
    path.write_bytes(content)
    with pytest.raises(ProfileError) as error:
        load(path, ENVIRON)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no-such.toml", "no-such.toml: no such file; give a profile, or a URL that begins with http:// or https://"),
        (".", ".: is a folder"),
        ("staging.toml/x", "staging.toml/x: cannot be read: Not a directory"),
        ("a\0b", r"a\x00b: cannot be read: embedded null byte"),
        ("a" * 5000, "cannot be read: File name too long"),
    ],
)
def test_a_path_that_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, said: str) -> None:
    write(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProfileError) as error:
        load(path)
    assert said in str(error.value)


def test_a_bare_url_takes_its_credentials_from_the_environment() -> None:
    environ = {
        "P99_JWT": "jwt-1",
        "P99_API_KEY": "key-1",
        "P99_API_SECRET": "secret-1",
        "P99_OTHER_API_KEY": "key-2",
        "P99_OTHER_API_SECRET": "secret-2",
    }
    profile = from_url("https://API.example:8443/api/v1/", environ)
    assert profile.target == Target("api.example", "https://API.example:8443/api/v1")
    assert profile.from_bare_url
    assert not profile.target.is_loopback
    assert profile.lanes == (("caller", "other"),)
    assert [secret.reveal() for secret in profile.secrets] == list(environ.values())
    assert profile.accounts["other"].jwt is None
    assert (profile.markets, profile.driver.place) == ((), None)


def test_a_variable_that_is_empty_counts_as_absent() -> None:
    profile = from_url("http://localhost:80", {"P99_JWT": "a", "P99_API_KEY": "", "P99_OTHER_JWT": ""})
    assert profile.lanes == (("caller", None),)
    assert profile.target.is_loopback


@pytest.mark.parametrize(
    ("url", "environ", "said"),
    [
        ("http://h", {}, "http://h: no credentials: set P99_JWT, or P99_API_KEY and P99_API_SECRET"),
        ("http://h", {"P99_OTHER_JWT": "b"}, "http://h: no credentials: set P99_JWT"),
        ("http://h", {"P99_API_KEY": "k"}, "P99_API_SECRET: missing, though api_key is given"),
        ("http://h", {"P99_JWT": "a", "P99_OTHER_API_SECRET": "k"}, "P99_OTHER_API_KEY: missing, though api_secret is"),
        ("http://h", {"P99_JWT": "a\n"}, "P99_JWT: the environment variable P99_JWT holds a line break"),
        ("http://h", {"P99_JWT": "a", "P99_OTHER_JWT": "a"}, "http://h: the same as accounts.caller.jwt"),
        ("http://h?x=1", {"P99_JWT": "a"}, "the URL of the target: holds a query or a fragment"),
        ("https://user:hush@h", {"P99_JWT": "a"}, "the URL of the target: holds a user name or a password"),
        ("ftp://h", {"P99_JWT": "a"}, "the URL of the target: 'ftp://h' is no http:// or https:// URL"),
    ],
)
def test_a_bare_url_that_is_not_enough(url: str, environ: dict[str, str], said: str) -> None:
    with pytest.raises(ProfileError) as error:
        from_url(url, environ)
    assert str(error.value).startswith(said)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost", True),
        ("http://LOCALHOST:8080/x", True),
        ("http://127.0.0.1", True),
        ("http://127.255.3.4:1", True),
        ("http://[::1]:8080", True),
        ("http://128.0.0.1", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://[::2]", False),
        ("http://0.0.0.0", False),
    ],
)
def test_what_is_this_machine(url: str, loopback: bool) -> None:
    assert Target("t", url).is_loopback is loopback
