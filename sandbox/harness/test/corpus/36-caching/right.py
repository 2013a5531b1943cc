import functools

calls = 0


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@functools.lru_cache(maxsize=32)
def slow_square(n):
    global calls
    calls += 1
    return n * n


class LRUCache:
    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError("a cache holds something")
        self.capacity = capacity
        self._items = {}

    def get(self, key):
        if key not in self._items:
            return None
        self._items[key] = self._items.pop(key)
        return self._items[key]

    def put(self, key, value):
        self._items.pop(key, None)
        self._items[key] = value
        if len(self._items) > self.capacity:
            del self._items[next(iter(self._items))]

    def get_or_compute(self, key, compute):
        if key not in self._items:
            self.put(key, compute(key))
        return self.get(key)

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)


class cached_property_holder:
    def __init__(self, items):
        self.items = items

    @functools.cached_property
    def total(self):
        return sum(self.items)
