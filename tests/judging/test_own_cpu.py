"""The CPU time of the suite itself, without that of the embedded sandbox."""

import sys
import threading
import time

import pytest

from conformance.judging.own_cpu import own_cpu_s
from conformance.sandbox import Sandbox


def work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def in_thread(name: str, seconds: float) -> threading.Event:
    """A thread that works for so long and then waits until the event is set."""
    done, end = threading.Event(), threading.Event()

    def target() -> None:
        work(seconds)
        done.set()
        end.wait()

    threading.Thread(target=target, name=name, daemon=True).start()
    done.wait()
    return end


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the CPU time of a thread")
def test_what_the_embedded_sandbox_takes_is_left_out() -> None:
    with Sandbox().serve():
        [name] = {thread.name for thread in threading.enumerate() if "sandbox" in thread.name}
    before = own_cpu_s()
    end = in_thread(name, 0.3)
    alone = own_cpu_s() - before
    end.set()
    assert alone < 0.15
    before = own_cpu_s()
    in_thread("a reader", 0.3).set()
    assert own_cpu_s() - before >= 0.3
