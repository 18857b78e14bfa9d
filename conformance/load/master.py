"""Locust's master: passes on what an overload and its workers tell each other, a JSON object a line.

`python -m conformance.load.master HOST PORT`, which `p99-conformance overload --workers` starts.
"""

from locust.env import Environment  # first: it replaces sockets and threads

# isort: split
import json
import sys
from typing import Any

import gevent
from gevent.fileobject import FileObject
from locust.runners import STATE_MISSING, MasterRunner

from conformance.exits import Exit
from conformance.overload import messages

_LOOK_EVERY_S = 0.2


def main(host: str, port: int) -> None:
    """Serve until standard input ends. Workers that were not let go before have lost their overload."""
    environment = Environment()
    try:
        runner = environment.create_master_runner(host, port)
    except (SystemExit, Exception) as error:  # noqa: BLE001 - Locust ends the process where the port is taken
        _tell(None, "error", f"Locust's master cannot listen at {host}:{port}: is the port taken? ({error})")
        return
    known: set[str] = set()

    def passed_on(environment: Environment, msg: Any) -> None:
        known.add(msg.node_id)
        _tell(msg.node_id, msg.type, msg.data)

    for type in ("hello", "report"):
        runner.register_message(type, passed_on)
    gevent.spawn(_watch, runner, known)
    let_go = False
    for line in FileObject(sys.stdin.fileno(), "rb"):
        said = json.loads(line)
        let_go |= said["type"] == "over" and said["to"] is None
        runner.send_message(said["type"], said["data"], said["to"])
    if not let_go:
        runner.send_message("over", {"exit": int(Exit.INCONCLUSIVE), "why": messages.MASTER_LOST})
    runner.quit()


def _watch(runner: MasterRunner, known: set[str]) -> None:
    """Tell of workers that have gone."""
    while True:
        gevent.sleep(_LOOK_EVERY_S)
        for name in tuple(known):
            worker = runner.clients.get(name)
            if worker is None or worker.state == STATE_MISSING:
                known.discard(name)
                _tell(name, "gone", "it has ended" if worker is None else "it gives no sign of life")


def _tell(whose: str | None, type: str, data: object) -> None:
    print(json.dumps({"from": whose, "type": type, "data": data}), flush=True)  # noqa: T201 - this is its output


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
