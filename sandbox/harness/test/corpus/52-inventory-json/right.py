import json


class OutOfStock(Exception):
    pass


class Item:
    def __init__(self, name, price):
        self.name = name
        self.price = price

    def __eq__(self, other):
        return isinstance(other, Item) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    @classmethod
    def parse(cls, text):
        name, _, price = text.partition(":")
        return cls(name, float(price))

    @staticmethod
    def is_valid_name(name):
        return bool(name.strip())


class Inventory:
    def __init__(self):
        self._counts = {}
        self.on_change = None

    def add(self, item, count=1):
        self._counts[item] = self._counts.get(item, 0) + count

    def _find(self, name):
        return next((item for item in self._counts if item.name == name), None)

    def count(self, name):
        return self._counts.get(self._find(name), 0)

    def take(self, name):
        item = self._find(name)
        if item is None or self._counts[item] == 0:
            raise OutOfStock(name)
        self._counts[item] -= 1
        if self.on_change is not None:
            self.on_change(name, self._counts[item])
        return item

    def value(self):
        return sum(item.price * n for item, n in self._counts.items())

    @property
    def names(self):
        return sorted(item.name for item in self._counts)

    def keys(self):
        return self.names

    def __getitem__(self, name):
        return self.count(name)

    def to_json(self):
        return json.dumps([{"name": i.name, "price": i.price, "count": n} for i, n in self._counts.items()])

    @classmethod
    def from_json(cls, text):
        inventory = cls()
        for row in json.loads(text):
            inventory.add(Item(row["name"], row["price"]), row["count"])
        return inventory
