"""The CPU time of the suite itself."""

import sys
import threading
import time

# The name that the embedded sandbox gives the thread that it serves from.
_SANDBOX = "sandbox"


def own_cpu_s() -> float:
    """CPU seconds of this process so far, without those of a sandbox that it serves itself.

    Where the system does not tell the time of a thread (macOS, Windows), the sandbox's is included.
    """
    used = time.process_time()
    if sys.platform == "linux":
        for thread in threading.enumerate():
            if thread.name == _SANDBOX and thread.ident is not None:
                used -= time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
    return used
