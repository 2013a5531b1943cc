import os


class Catalogue:
    def __init__(self):
        self.prices = {}

    def add(self, name, price):
        self.prices[name] = price


class Cart:
    def __init__(self, catalogue):
        self.catalogue = catalogue
        self.items = {}

    def put(self, name, quantity=1):
        self.catalogue.prices[name]
        self.items[name] = self.items.get(name, 0) + quantity

    def total(self):
        return sum(self.catalogue.prices[name] * n for name, n in self.items.items())

    def print_bill(self):
        for name, n in self.items.items():
            print(f"{name} x {n}")
        print(f"total {self.total():.2f} {os.environ.get('SHOP_CURRENCY', 'USD')}")


def sort_in_place(items):
    items.sort()
