"""A small exchange over SQLite without a matching engine, an example for docs/own-server.md."""

import hashlib
import hmac
import os
import re
import sqlite3
import time
import uuid
from typing import Any

import click
import jwt
from flask import Flask, Response, abort, g, jsonify, request
from werkzeug.exceptions import HTTPException

SECRET = os.environ["APP_SECRET"]
TABLE = """CREATE TABLE IF NOT EXISTS orders (
    id TEXT, symbol TEXT, side TEXT, type TEXT, tif TEXT, price TEXT, quantity TEXT, quote_quantity TEXT,
    filled_qty TEXT, avg_fill_price TEXT, status TEXT, reject_reason TEXT, created_at INT,
    updated_at INT, owner TEXT)"""
KEYS = {"alice-key": "alice", "bob-key": "bob"}
LARGEST = 2**63 - 1  # that SQLite can compare
app = Flask(__name__)


def signature(text: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def user() -> str:
    """Whose request it is: by its token, else by its API key, whose secret is derived from the name."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        try:
            return str(jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})["sub"])
        except jwt.InvalidTokenError:
            abort(401)
    name = KEYS.get(request.headers.get("X-MBX-APIKEY", ""))
    signed, _, given = request.query_string.rpartition(b"&signature=")
    stamp = request.args.get("timestamp", "")
    if name is None or not hmac.compare_digest(signature(signed, signature(name.encode(), SECRET)).encode(), given):
        abort(401)
    if not re.fullmatch("[0-9]{1,18}", stamp) or abs(time.time() * 1000 - int(stamp)) > 60_000:
        abort(401)
    return name


@app.before_request
def connect() -> None:
    g.user = user()
    g.db = sqlite3.connect(os.environ.get("APP_DB", "orders.db"), timeout=10, isolation_level=None)
    g.db.row_factory = sqlite3.Row


@app.teardown_request
def disconnect(_error: BaseException | None) -> None:
    if "db" in g:
        g.db.close()


@app.errorhandler(HTTPException)
def refused(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.name.upper().replace(" ", "_")), error.code or 500


def shown(rows: list[sqlite3.Row]) -> list[dict[str, Any]]:
    return [{name: value for name, value in dict(row).items() if name != "owner"} for row in rows]


def number(name: str, default: int) -> int:
    try:
        return max(-LARGEST, min(int(request.args.get(name, default)), LARGEST))
    except ValueError:
        abort(400)


@app.get("/api/v1/spot/orders")
def listed() -> Response:
    given: list[Any] = [g.user, number("start", 0), number("end", LARGEST)]
    where = "owner = ? AND created_at >= ? AND created_at <= ?"
    for name in {"symbol", "status"} & request.args.keys():
        where, given = f"{where} AND {name} = ?", [*given, request.args[name]]
    order = f"SELECT * FROM orders WHERE {where} ORDER BY created_at DESC, rowid DESC LIMIT ?"  # noqa: S608
    return jsonify(shown(g.db.execute(order, [*given, max(1, min(number("limit", 50), 200))]).fetchall()))


@app.delete("/api/v1/spot/orders")
def canceled() -> Response:
    rows = g.db.execute(
        "UPDATE orders SET status = 'canceled', updated_at = ? WHERE owner = ? AND status = 'open'"
        " AND (? IS NULL OR symbol = ?) RETURNING *",
        [int(time.time()), g.user, request.args.get("symbol"), request.args.get("symbol")],
    ).fetchall()
    return jsonify(canceled=shown(rows))


@app.post("/api/v1/spot/orders")
def placed() -> tuple[Response, int]:
    asked = request.get_json()
    if asked.get("type") != "limit" or asked.get("tif") != "gtc":
        abort(400)
    now, what = int(time.time()), [asked[name] for name in ("symbol", "side", "type", "tif", "price", "quantity")]
    row = [str(uuid.uuid4()), *what, None, "0", "0", "open", None, now, now, g.user]
    g.db.execute(f"INSERT INTO orders VALUES ({', '.join('?' * 15)})", row)  # noqa: S608
    return jsonify(id=row[0]), 201


@app.cli.command()
@click.argument("name", type=click.Choice([*KEYS.values()]))
def credentials(name: str) -> None:
    """Print the credentials of a user, for the shell."""
    token = jwt.encode({"sub": name, "exp": int(time.time()) + 86_400}, SECRET, algorithm="HS256")
    given = {"JWT": token, "KEY": f"{name}-key", "SECRET": signature(name.encode(), SECRET)}
    click.echo("\n".join(f"export {name.upper()}_{kind}={value}" for kind, value in given.items()))


with sqlite3.connect(os.environ.get("APP_DB", "orders.db")) as first:
    first.execute("PRAGMA journal_mode=WAL")
    first.execute(TABLE)
    first.execute("CREATE INDEX IF NOT EXISTS newest ON orders (owner, created_at)")
