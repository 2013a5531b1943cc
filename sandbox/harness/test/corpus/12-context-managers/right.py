import time
from contextlib import contextmanager


class Transaction:
    def __init__(self, data):
        self.data = data
        self.state = "new"

    def __enter__(self):
        self.draft = dict(self.data)
        self.state = "open"
        return self.draft

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.data.clear()
            self.data.update(self.draft)
            self.state = "committed"
        else:
            self.state = "rolled back"
        return False


class suppressed:
    def __init__(self, *kinds):
        self.kinds = kinds
        self.error = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.error = error
        return kind is not None and issubclass(kind, self.kinds)


@contextmanager
def temporary_change(target, name, value):
    before = getattr(target, name)
    setattr(target, name, value)
    try:
        yield target
    finally:
        setattr(target, name, before)


class Timer:
    def __init__(self, clock=time.perf_counter):
        self.clock = clock

    def __enter__(self):
        self.start = self.clock()
        return self

    def __exit__(self, *error):
        self.elapsed = self.clock() - self.start
