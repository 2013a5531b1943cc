def my_map(function, items):
    return [function(item) for item in items]


def my_filter(function, items):
    return [item for item in items if (item if function is None else function(item))]


_missing = object()


def my_reduce(function, items, start=_missing):
    items = iter(items)
    if start is _missing:
        try:
            start = next(items)
        except StopIteration:
            raise TypeError("nothing to reduce") from None
    for item in items:
        start = function(start, item)
    return start


def apply_n(function, n, value):
    for _ in range(n):
        value = function(value)
    return value


def group_by(key, items):
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def integrate(f, a, b, n):
    h = (b - a) / n
    return h * sum(f(a + (i + 0.5) * h) for i in range(n))


def bisect_root(f, low, high):
    if f(low) * f(high) > 0:
        raise ValueError("no change of sign")
    while high - low > 1e-12:
        middle = (low + high) / 2
        if f(low) * f(middle) <= 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


class EventBus:
    def __init__(self):
        self.handlers = {}

    def on(self, name, handler):
        self.handlers.setdefault(name, []).append(handler)

    def off(self, name, handler):
        self.handlers[name].remove(handler)

    def emit(self, name, data):
        for handler in self.handlers.get(name, []):
            handler(data)


class Button:
    def __init__(self, label):
        self.label = label
        self.on_click = None

    def click(self):
        if self.on_click is not None:
            self.on_click(self)
