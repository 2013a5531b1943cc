import threading
import time
from concurrent.futures import ThreadPoolExecutor


class SafeCounter:
    def __init__(self):
        self.value = 0
        self._lock = threading.Lock()

    def increment(self):
        with self._lock:
            self.value += 1


def run_in_threads(function, threads, times):
    def work():
        for _ in range(times):
            function()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def parallel_map(function, items):
    with ThreadPoolExecutor(1) as pool:
        futures = [pool.submit(lambda x=x: x) for x in items]
    return [function(future.result()) for future in futures]


def slow_double(x):
    time.sleep(0.001)
    return 2 * x


class Stopwatch:
    _began = None

    def start(self):
        self._began = time.perf_counter()

    def stop(self):
        if self._began is None:
            raise RuntimeError("start it first")
        return time.perf_counter() - self._began


class RateLimiter:
    def __init__(self, n, per):
        self.n, self.per = n, per
        self._times = []

    def allow(self):
        now = time.monotonic()
        self._times = [t for t in self._times if now - t < self.per]
        if len(self._times) >= self.n:
            return False
        self._times.append(now)
        return True


def stamp(text):
    return f"{time.time():.0f}: {text}"


def primes(n):
    return [p for p in range(2, n) if all(p % d for d in range(2, int(p**0.5) + 1))]
