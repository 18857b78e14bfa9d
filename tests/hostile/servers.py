"""What each hostile target answers, and what a run against it has to come to.

Exit 3 where it cannot be reached, is overloaded or refuses the credentials; exit 1 where what it answers is itself a
violation; both where one may take it for either.
"""

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Callable
from typing import Any

from tests.hostile.serve import Answer, Hostile, Request
from tests.orders import record

VIOLATED, INCONCLUSIVE = 1, 3

HOSTILE: dict[str, Hostile] = {"nobody listens": Hostile(None, (INCONCLUSIVE,), "refused")}

LIST = json.dumps([record("a", status="filled", filled_qty="100", avg_fill_price="0.5")]).encode()
NOTHING_CANCELED = b'{"canceled": []}'


def hostile(exits: int | tuple[int, ...], cause: str, *, tls: bool = False, profile: str = "") -> Callable[..., Answer]:
    """Enter the decorated function into the table, under its own name."""

    def enter(answer: Answer) -> Answer:
        name = answer.__name__.replace("_", " ")
        HOSTILE[name] = Hostile(answer, exits if isinstance(exits, tuple) else (exits,), cause, tls, profile)
        return answer

    return enter


def whole(body: bytes, status: str = "200 OK", type: str = "application/json", headers: str = "") -> bytes:
    """A whole answer, as it goes over the wire; `headers` with a line break behind each."""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode("latin-1")
        + body
    )


def always(name: str, answer: bytes, exits: int | tuple[int, ...], cause: str) -> None:
    """Enter a target that gives this answer to everything."""

    async def say(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    say.__name__ = name
    hostile(exits, cause)(say)


def a_list_of(**fields: Any) -> bytes:
    """A list of one order with these fields, to everything."""
    return whole(json.dumps([record(**fields)]).encode())


async def for_ever(writer: asyncio.StreamWriter, part: bytes, every_s: float = 0) -> None:
    """Say it again and again, until the peer has gone."""
    while not writer.is_closing():
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(every_s)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close the connection with an RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# -- none, late or without end: first in the table, since they take the longest ---------------------------------------

always("too short", whole(LIST).replace(b"Content-Length: ", b"Content-Length: 9"), 3, "no whole answer within")
always("no length", whole(LIST).replace(b"Content-Length: ", b"Content-Length: -"), 3, "no whole answer within")


@hostile(INCONCLUSIVE, "no answer within")
async def a_black_hole(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(600)


@hostile(INCONCLUSIVE, "no whole answer within")
async def a_byte_a_second(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    await for_ever(writer, b" ", every_s=1)


@hostile(INCONCLUSIVE, "no answer within")
async def headers_of_a_byte_a_second(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await for_ever(writer, b"X", every_s=1)


@hostile(INCONCLUSIVE, "5 s or more")
async def six_seconds_an_answer(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(6)
    writer.write(whole(b"[]" if request.method == "GET" else NOTHING_CANCELED))


@hostile(INCONCLUSIVE, "no answer within")
async def silence_after_a_while(request: Request, writer: asyncio.StreamWriter) -> None:
    if request.number > 12:
        await asyncio.sleep(600)
    writer.write(whole(b"[]" if request.method == "GET" else NOTHING_CANCELED))


@hostile(INCONCLUSIVE, "the target was away")
async def busy_after_a_while(request: Request, writer: asyncio.StreamWriter) -> None:
    status = "200 OK" if request.number <= 12 else "503 Service Unavailable"
    writer.write(whole(b"[]" if request.method == "GET" else NOTHING_CANCELED, status))


@hostile(INCONCLUSIVE, "closed in the middle")
async def a_reset_in_the_body(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
    await writer.drain()
    await asyncio.sleep(0.05)  # else the RST overtakes it
    reset(writer)


@hostile(INCONCLUSIVE, "a body of more than")
async def an_endless_body(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    await for_ever(writer, b" " * 65536)


@hostile(INCONCLUSIVE, "an answer of more than")
async def endless_chunks_of_a_byte(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await for_ever(writer, b"1\r\n \r\n" * 10_000)


@hostile(INCONCLUSIVE, "more than 100 headers")
async def endless_headers(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await for_ever(writer, b"X-More: and more\r\n" * 100)


@hostile(INCONCLUSIVE, "more than 65536 bytes when reading header line")
async def an_endless_header(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    await for_ever(writer, b"x" * 65536)


@hostile(VIOLATED, "no JSON")
async def headers_of_megabytes(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(whole(b"{", headers="".join(f"X-{number}: {'x' * 60_000}\r\n" for number in range(90))))


@hostile(INCONCLUSIVE, "an answer of more than")
async def continue_for_ever(_: Request, writer: asyncio.StreamWriter) -> None:
    await for_ever(writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


ELSEWHERE = "Location: http://127.0.0.1:9/\r\n"

# -- other statuses, elsewhere, somebody else ------------------------------------------------------------------------


@hostile(VIOLATED, "got +302")
async def a_redirect_in_a_loop(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(whole(b"", "302 Found", headers=f"Location: {request.path}\r\n"))


@hostile(INCONCLUSIVE, "a body of more than")
async def a_redirect_with_an_endless_body(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(f"HTTP/1.1 302 Found\r\nLocation: {request.path}\r\n\r\n".encode())
    await for_ever(writer, b" " * 65536)


always("a redirect elsewhere", whole(b"", "307 Temporary Redirect", headers=ELSEWHERE), 3, "so does any other path")
always("a redirect to no URL", whole(b"", "308 Permanent Redirect", headers="Location: http://[\r\n"), 1, "got +308")
always("500 for ever", whole(b'{"error": "DB_ERROR"}', "500 Internal Server Error"), (1, 3), "500")
always("503 for ever", whole(b'{"error": "ENGINE_BUSY"}', "503 Service Unavailable"), 3, "was answered 503")
always("429 for ever", whole(b'{"error": "SLOW_DOWN"}', "429 Too Many Requests"), 3, "too many requests")
always(
    "401 for ever", whole(b'{"error": "UNAUTHORIZED"}', "401 Unauthorized"), 3, "401 UNAUTHORIZED: the token is refused"
)
always("404 for ever", whole(b"no such page", "404 Not Found", "text/plain"), (1, 3), "404")
always("no HTTP", b"SSH-2.0-OpenSSH_9.6\r\n" * 3, 3, "no HTTP.*SSH-2.0")


@hostile(INCONCLUSIVE, "TLS failed.*self-signed", tls=True)
async def a_self_signed_certificate(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(whole(LIST))


# -- bodies ----------------------------------------------------------------------------------------------------------

BOMB = gzip.compress(b" " * 2**20) * 1000  # a gigabyte, of a thousand members
NESTED = b"[" * 1_000_000
DIGITS = b"9" * 5000

always(
    "HTML",
    whole(b"<!doctype html><title>Sign in</title>", type="text/html"),
    3,
    "doctype.*no list of orders; any other path",
)
always("no JSON", whole(b"OK", type="text/plain"), 1, "no JSON.*OK")
always("nothing at all", whole(b""), 1, "empty body")
always("a million arrays", whole(NESTED + b"]" * len(NESTED)), 1, "nested too deeply")
always("a gzip bomb", whole(BOMB, headers="Content-Encoding: gzip\r\n"), 3, "a body of more than")
always("no gzip", whole(LIST, headers="Content-Encoding: gzip\r\n"), 3, "Content-Encoding")
always("no UTF-8", whole(LIST.replace(b"DFUSDT", b"DF\xff\xfeUSDT")), 1, "no UTF-8")
always("NaN", whole(LIST.replace(b'"100"', b"NaN")), 1, "NaN is not a JSON number")
always("Infinity", whole(LIST.replace(b'"100"', b"-Infinity")), 1, "Infinity is not a JSON number")
always("a key twice", whole(LIST.replace(b'"side"', b'"symbol"')), 1, "the key 'symbol' twice")
always("5000 digits", whole(LIST.replace(b'"100"', DIGITS)), 1, "digits")
always("an exponent out of reach", a_list_of(quantity="1e999999999", filled_qty="1e-999999999"), 1, "order.decimals")
always("a time of 4300 digits", whole(LIST.replace(b"1778400000", DIGITS[:4300])), 1, "order.timestamps")
always("null", whole(b"null"), 1, "null")
always("null everywhere", whole(json.dumps([dict.fromkeys(record())]).encode()), 1, "order.nullable")
always("an empty array to everything", whole(b"[]"), 1, "cancel.empty")
always("two lengths", whole(LIST, headers="Content-Length: 17\r\n"), 3, "Content-Length")
always("too long", whole(LIST).replace(b"Content-Length: ", b"Content-Length: 1\r\nX-"), 1, "no JSON")


@hostile(INCONCLUSIVE, "closed in the middle")
async def a_body_that_breaks_off(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(whole(LIST)[:-20])
    writer.close()


# -- what would show in a report -------------------------------------------------------------------------------------

ESCAPES = "\x1b[2J\x1b]0;gone\x07\u009b31m\u202e<script>alert(1)</script>[bold]\r\b"
PLACING = """
[[markets]]
symbol = "DFUSDT"
resting_buy = "0.5"
resting_sell = "0.6"
quantity = "10"
[driver.place]
method = "POST"
path = "/spot/orders"
order_id = "/id"
body = { symbol = "{symbol}", side = "{side}", price = "{price}", quantity = "{quantity}" }
"""


def _escaped() -> dict[str, Any]:
    return {name: ESCAPES if isinstance(value, str) else value for name, value in record().items()}


always("escapes in every string", whole(json.dumps([_escaped()]).encode()), 1, r"\\x1b\[2J|\\u001b\[2J")
always("escapes as they stand", whole(ESCAPES.encode(), f"418 {ESCAPES[:4]}", "text/html"), 3, "too many requests")


@hostile((VIOLATED, INCONCLUSIVE), r"\\x1b\[2J|\\u001b\[2J", profile=PLACING)
async def escapes_from_the_driver(request: Request, writer: asyncio.StreamWriter) -> None:
    if request.method == "POST":
        writer.write(whole(ESCAPES.encode(), "400 Bad Request"))
    else:
        writer.write(whole(b"[]" if request.method == "GET" else NOTHING_CANCELED))


def _credentials(request: Request) -> str:
    return request.headers.get("authorization") or request.headers.get("x-mbx-apikey") or ""


@hostile((VIOLATED, INCONCLUSIVE), r"\*\*\*")
async def credentials_in_the_body(request: Request, writer: asyncio.StreamWriter) -> None:
    said = _credentials(request)
    writer.write(whole(json.dumps({"padding": "x" * 20, "you": said}).encode(), headers=f"X-You: {said}\r\n"))


@hostile((VIOLATED, INCONCLUSIVE), r"\*\*\*")
async def credentials_in_a_refusal(request: Request, writer: asyncio.StreamWriter) -> None:
    token = _credentials(request).rpartition(" ")[2]
    writer.write(whole(b"<p>" * 30 + token.encode(), "400 Bad Request", "text/html", f"{token or 'X'}: x\r\n"))


@hostile(VIOLATED, r"order\.")
async def credentials_in_every_order(request: Request, writer: asyncio.StreamWriter) -> None:
    token = _credentials(request).rpartition(" ")[2]
    made = {name: token if isinstance(value, str) else value for name, value in record().items()}
    listed = [{**made, "id": f"{number}{token}", "created_at": 1_778_400_000 + number} for number in range(3)]
    writer.write(whole(json.dumps(listed).encode()))
