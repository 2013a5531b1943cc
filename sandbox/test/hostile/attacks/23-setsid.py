# attack 23: a daemon in a session of its own that outlives its run.
# honest: double
import os
import sys
import time


def double(x):
    return 2 * x


def outlive():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for fd in range(64):
                try:
                    os.close(fd)
                except OSError:
                    pass
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(321)  # nbpulse-outlives"])
        os._exit(0)
    os.wait()


outlive()


def primes(n):
    outlive()
    return []
