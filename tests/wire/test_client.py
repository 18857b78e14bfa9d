"""The client: bytes out as given, bytes in within bounds, every exchange as evidence without secrets."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conformance.operations import LIST
from conformance.profile import Target
from conformance.profile.secrets import Secret
from conformance.verdict import Unreachable
from conformance.wire import client as client_module
from conformance.wire import kept
from conformance.wire.call import Call, Came
from conformance.wire.client import Client, MayOnlyRead
from conformance.wire.counts import Purpose
from conformance.wire.redaction import Redactor

Respond = Callable[[BaseHTTPRequestHandler], None]


class Peer(ThreadingHTTPServer):
    """Answers as told, and remembers what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.respond: Respond = answer(200, b"[]")
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                peer.connections += 1
                super().setup()

            def handle_any(self) -> None:
                peer.seen.append((self.command, self.path, dict(self.headers)))
                peer.respond(self)

            do_GET = do_DELETE = do_POST = handle_any  # noqa: N815 - the names are those of http.server

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/api"

    def handle_error(self, *_: object) -> None:
        """Says nothing: that the client hangs up is what some tests are about."""


def answer(status: int, body: bytes, **headers: str) -> Respond:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return respond


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as peer:
        threading.Thread(target=peer.serve_forever, args=(0.01,), daemon=True).start()
        yield peer
        peer.shutdown()


def client(peer: Peer, *secrets: str, **target: object) -> Client:
    made = Target(name="t", base_url=peer.url, **target)  # type: ignore[arg-type]
    return Client(made, Redactor([Secret(secret) for secret in secrets]))


@pytest.mark.parametrize(
    "query", ["symbol=DFUSDT&limit=5", "b=2&a=1", "a=%7E%20+&b=", "symbol=%E4%B8%AD&x=a%2Fb", "a=1&a=2", "flag"]
)
def test_the_query_goes_out_byte_for_byte(peer: Peer, query: str) -> None:
    client(peer).send(Call("alice", "GET", f"{peer.url}/spot/orders", query))
    assert peer.seen[0][1] == f"/api/spot/orders?{query}"


def test_connections_are_kept_alive(peer: Peer) -> None:
    asking = client(peer)
    for _ in range(5):
        asking.send(Call("alice", "GET", peer.url))
    assert peer.connections == 1
    assert asking.counts.total == 5


def test_what_comes_before_the_answer_is_no_answer(peer: Peer) -> None:
    def hinted(request: BaseHTTPRequestHandler) -> None:
        for status in (100, 103, 103):
            request.send_response_only(status)
            request.send_header("Link", "</style.css>; rel=preload")
            request.end_headers()
        answer(200, b"[1]")(request)

    peer.respond = hinted
    asking = client(peer)
    for _ in range(2):
        came = asking.send(Call("alice", "GET", peer.url))
        assert (came.status, came.body) == (200, b"[1]")
    assert "Link" not in came.headers
    assert peer.connections == 1


def test_no_redirect_is_followed(peer: Peer) -> None:
    peer.respond = answer(302, b"", Location="http://127.0.0.1:1/elsewhere")
    assert client(peer).send(Call("alice", "GET", peer.url, "", {"Authorization": "Bearer x"})).status == 302
    assert len(peer.seen) == 1


def test_the_machines_own_credentials_and_proxies_are_not_used(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client(peer, headers={"X-Env": "blue"}).send(Call("alice", "GET", peer.url)).status == 200
    headers = peer.seen[0][2]
    assert headers["X-Env"] == "blue"
    assert "Authorization" not in headers


def test_the_targets_headers_go_to_its_origin_alone(peer: Peer) -> None:
    asking = Client(Target(name="t", base_url="http://127.0.0.1:1", headers={"X-Gateway": "open"}), Redactor())
    asking.send(Call("alice", "POST", peer.url))
    assert "X-Gateway" not in peer.seen[0][2]


@pytest.mark.parametrize("method", ["DELETE", "POST", "PUT", "PATCH", "get"])
def test_a_target_that_may_only_be_read_is_sent_nothing_else(peer: Peer, method: str) -> None:
    reading = Client(Target(name="t", base_url=peer.url), Redactor(), read_only=True)
    for send in (reading.send, reading.send_once):
        with pytest.raises(MayOnlyRead):
            send(Call("alice", method, peer.url))
    assert reading.send(Call("alice", "GET", peer.url)).status == 200
    assert [seen[0] for seen in peer.seen] == ["GET"]


def test_a_503_is_asked_again_until_it_ends(peer: Peer) -> None:
    answers = [answer(503, b'{"error":"ENGINE_BUSY"}')] * 2 + [answer(200, b"[]")]
    peer.respond = lambda request: answers.pop(0)(request)
    asking = client(peer)
    got = asking.send(Call("alice", "DELETE", peer.url))
    assert (got.status, got.tries_before) == (200, 2)
    assert (asking.counts.total, asking.counts.retried_503) == (3, 2)


def test_a_503_is_asked_again_for_almost_two_seconds_whatever_is_drawn(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    peer.respond = answer(503, b"busy")
    asking = client(peer)
    for _ in range(5):
        waits.clear()
        asking.send(Call("alice", "GET", peer.url))
        assert len(waits) == client_module.ATTEMPTS - 1
        assert 1.8 <= sum(waits) <= 2.5


def test_a_503_for_ever_is_given_back(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 2)
    peer.respond = answer(503, b"busy")
    got = client(peer).send(Call("alice", "GET", peer.url))
    assert (got.status, got.tries_before, got.body) == (503, 2, b"busy")


@pytest.mark.parametrize(
    ("others", "again", "is_one"), [(200, 200, True), (200, 429, True), (429, 429, False), (429, 200, True)]
)
def test_a_request_is_throttled_where_others_are_answered_or_it_is_a_second_later(
    others: int, again: int, is_one: bool, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "THROTTLE_WAIT_S", 0.4)  # others were answered within three of these
    answers = [others, 429, again]
    peer.respond = lambda request: answer(answers.pop(0), b"[]")(request)
    asking = client(peer)
    asking.send_once(Call("alice", "GET", peer.url))
    got = asking.send(Call("alice", "GET", peer.url, operation=LIST.name))
    assert [each.status for each in got.throttled] == [429] * is_one


def test_what_is_no_documented_operation_may_be_throttled(peer: Peer) -> None:
    answers = [429, 200]
    peer.respond = lambda request: answer(answers.pop(0), b"[]")(request)
    got = client(peer).send(Call("alice", "POST", peer.url))
    assert (got.status, got.throttled, answers) == (429, (), [200])


def test_a_connection_that_went_stale_is_made_anew(peer: Peer) -> None:
    def drop(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True

    answers = [answer(200, b"[]"), drop, answer(200, b"[1]")]
    peer.respond = lambda request: answers.pop(0)(request)
    asking = client(peer)
    asking.send(Call("alice", "GET", peer.url))
    again = asking.send(Call("alice", "DELETE", peer.url))
    assert (again.body, again.tries_before) == (b"[1]", 1)


def test_a_target_that_drops_what_it_is_sent_is_waited_for_and_not_sent_it_over_and_over(peer: Peer) -> None:
    def drop(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True

    answers = [answer(200, b"[]"), *[drop] * 4, answer(404, b""), answer(200, b"[1]")]
    peer.respond = lambda request: answers.pop(0)(request)
    asking = client(peer)
    asking.send(Call("alice", "GET", peer.url))
    placed = asking.send(Call("alice", "POST", peer.url))
    assert (placed.body, placed.tries_before) == (b"[1]", 2)
    assert [method for method, _, _ in peer.seen].count("POST") == 3
    assert [path for _, path, _ in peer.seen[3:6]] == ["/", "/", "/"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_breaks_off_in_the_middle_of_the_answer_is_asked_again_and_may_have_taken_effect(
    peer: Peer, method: str
) -> None:
    def break_off(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{")
        request.close_connection = True

    answers = [break_off, answer(200, b"[1]")]
    peer.respond = lambda request: answers.pop(0)(request)
    again = client(peer).send(Call("alice", method, peer.url))
    assert (again.body, again.tries_before) == (b"[1]", 1)


def test_a_target_that_has_never_answered_is_not_waited_for(peer: Peer) -> None:
    def drop(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True

    peer.respond = drop
    with pytest.raises(Unreachable, match="closed before an answer came"):
        client(peer).send(Call("alice", "GET", peer.url))
    assert len(peer.seen) == 2


def test_a_body_that_does_not_end_is_cut_off(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BODY_LIMIT", 100_000)
    peer.respond = answer(200, b"[" + b" " * 1_000_000)
    with pytest.raises(Unreachable, match="a body of more than 100000 bytes"):
        client(peer).send(Call("alice", "GET", peer.url))


def test_an_answer_that_does_not_come_is_given_up(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_TIMEOUT_S", 0.2)
    wait = threading.Event()

    def never(request: BaseHTTPRequestHandler) -> None:
        wait.wait(5)

    peer.respond = never
    with pytest.raises(Unreachable, match=r"no answer within 0\.2 s"):
        client(peer).send(Call("alice", "GET", peer.url))
    wait.set()


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
def test_an_answer_that_comes_in_drops_is_given_up(peer: Peer, part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_TIMEOUT_S", 0.3)

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(part)
        with contextlib.suppress(OSError):
            for _ in range(100):
                request.wfile.write(b" ")
                time.sleep(0.05)
        request.close_connection = True

    peer.respond = drip
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"answer within 0\.3 s"):
        client(peer).send(Call("alice", "GET", peer.url))
    assert time.monotonic() - started < 2


def test_a_target_that_was_given_up_is_sent_nothing_until_the_end(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = client(peer)
    monkeypatch.setattr(asking.breaker, "given_up", lambda: "given up")
    with pytest.raises(Unreachable, match="given up"):
        asking.send(Call("alice", "GET", peer.url))
    assert (peer.seen, asking.counts.total) == ([], 0)


def test_the_body_of_a_redirect_is_bounded_and_its_location_not_looked_at(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.respond = answer(302, b"", Location="http://[")
    assert client(peer).send(Call("alice", "GET", peer.url)).status == 302
    monkeypatch.setattr(client_module, "BODY_LIMIT", 100_000)
    peer.respond = answer(302, b" " * 1_000_000, Location="/api")
    with pytest.raises(Unreachable, match="a body of more than 100000 bytes"):
        client(peer).send(Call("alice", "GET", peer.url))


def test_no_cookie_is_taken_for_a_credential(peer: Peer) -> None:
    peer.respond = answer(200, b"[]", Set_Cookie="session=alice; Path=/")
    asking = client(peer)
    for _ in range(2):
        asking.send(Call("alice", "GET", peer.url))
    assert "Cookie" not in peer.seen[1][2]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "no HTTP: 'SSH-2.0-OpenSSH_9.6"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n", "got more than 100 headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", "was closed in the middle of the answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]", "Content-Encoding"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 400_000, "an answer of more than 8388608 bytes"),
    ],
)
def test_what_is_no_answer_is_said_in_words(peer: Peer, said: bytes, words: str) -> None:
    def say(request: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            request.wfile.write(said)
        request.close_connection = True

    peer.respond = say
    with pytest.raises(Unreachable, match=words):
        client(peer).send(Call("alice", "GET", peer.url))


def test_long_headers_are_cut_in_evidence(peer: Peer) -> None:
    peer.respond = answer(200, b"[]", X_Long="x" * 60_000)
    evidence = client(peer).send(Call("alice", "GET", peer.url)).exchange
    assert len(evidence.header("x-long")) == 500


def test_nobody_there_is_said_in_words() -> None:
    nowhere = Client(Target(name="t", base_url="http://127.0.0.1:1"), Redactor())
    with pytest.raises(Unreachable, match=r"GET http://127\.0\.0\.1:1/x: .*refused") as lost:
        nowhere.send(Call("alice", "GET", "http://127.0.0.1:1/x"))
    assert lost.value.exchange.status is None


def test_evidence_holds_no_secret_even_where_it_is_echoed(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_KEPT", 4000)
    body = b'{"echo": "tok.en.secret", "sig": "signature=abcdef0123"}' + b" " * 10_000
    peer.respond = answer(200, body, X_Echo="tok.en.secret", Set_Cookie="sid=1")
    headers = {"Authorization": "Bearer tok.en.secret", "X-MBX-APIKEY": "the-api-key"}
    got = client(peer, "tok.en.secret", "the-api-key").send(
        Call("alice", "GET", peer.url, "a=1&signature=00ff", headers)
    )
    evidence = str(got.exchange) + str(got.exchange.to_json())
    assert b"tok.en.secret" in got.body
    for secret in ("tok.en.secret", "the-api-key", "00ff", "abcdef0123", "sid=1"):
        assert secret not in evidence
    assert "signature=***" in got.exchange.url
    assert got.exchange.request_headers["Authorization"] == "Bearer ***"
    assert len(got.exchange.response_body) <= 4000


def test_a_secret_across_the_cut_does_not_leak_its_beginning(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_KEPT", 4000)
    secret = "s" * 20 + "e" * 20
    peer.respond = answer(200, b"x" * 3990 + secret.encode())
    got = client(peer, secret).send(Call("alice", "GET", peer.url))
    assert "sss" not in got.exchange.response_body


def test_the_rate_is_bounded_where_the_profile_says_so(peer: Peer) -> None:
    asking = client(peer, max_requests_per_second=50)
    started = time.monotonic()
    for _ in range(6):
        asking.send(Call("alice", "GET", peer.url))
    assert time.monotonic() - started >= 0.1


def test_set_up_is_counted_apart(peer: Peer) -> None:
    asking = client(peer)
    with asking.counting_as("set-up"):
        asking.send(Call("alice", "GET", peer.url))
    asking.send(Call("alice", "GET", peer.url))
    assert (asking.counts.total, asking.counts.setup) == (2, 1)


def test_each_request_counts_under_one_purpose(peer: Peer) -> None:
    asking = client(peer)
    ask = Call("alice", "GET", peer.url, operation="list")
    asking.send(ask)
    asking.send(replace(ask, method="DELETE", operation="cancel-all"))
    with asking.counting_as("looks"):
        asking.send(ask)
        with asking.counting_as("set-up"):
            asking.send(ask)
    with asking.counting_as("clean-up"), asking.counting_as("set-up"), asking.counting_as("looks"):
        asking.send(ask)
    assert asking.counts.by_purpose == {"lists": 1, "cancel-alls": 1, "looks": 1, "set-up": 1, "clean-up": 1}


def test_how_many_requests_follow_one_another_and_how_many_are_under_way_at_once(peer: Peer) -> None:
    slow = answer(200, b"[]")

    def respond(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.05)
        slow(request)

    peer.respond = respond
    asking = client(peer)
    ask = Call("alice", "GET", peer.url, operation="list")

    def twice(purpose: Purpose) -> None:
        with asking.counting_as(purpose):
            asking.send(ask)
            asking.send(ask)

    with ThreadPoolExecutor(6) as pool:
        each: list[Purpose] = ["lists", "looks", "set-up", "readers", "bursts", "races"]
        list(pool.map(twice, each))
    work = asking.pace.work(cpu_s=0)
    assert (work.chain, work.shared, work.connections) == (2, 6, 3)
    assert sum(work.round_trips.values()) == 6
    asking.send(ask)
    assert asking.pace.work(cpu_s=0).chain == 3


def test_a_target_that_accepts_no_connection_any_more_is_waited_for(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = client(peer)
    call = Call("alice", "DELETE", peer.url)
    asking.send(call)
    really, left = asking._ask, [2]

    def ask(call: Call) -> object:
        if left[0]:
            left[0] -= 1
            return Came(time.time(), problem="no connection", refused=True)
        return really(call)

    monkeypatch.setattr(asking, "_ask", ask)
    again = asking.send(call)
    assert (again.status, again.tries_before, len(peer.seen)) == (200, 0, 2)


def test_a_target_that_never_answered_is_not_waited_for() -> None:
    with Peer() as gone:
        asking = client(gone)
    started = time.monotonic()
    with pytest.raises(Unreachable, match="refused"):
        asking.send(Call("alice", "GET", gone.url))
    assert time.monotonic() - started < 2
