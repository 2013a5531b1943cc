from collections import Counter


class Life:
    def __init__(self, alive):
        self.alive = set(alive)
        self.generation = 0

    def step(self):
        around = Counter(
            (x + dx, y + dy) for x, y in self.alive for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy
        )
        self.alive = {cell for cell, n in around.items() if n == 3 or (n == 2 and cell in self.alive)}
        self.generation += 1

    def run(self, n):
        for _ in range(n):
            self.step()

    def draw(self, width, height):
        return "\n".join("".join(".#"[(x, y) in self.alive] for x in range(width)) for y in range(height))


def population(start, rate, years, capacity=None):
    sizes = [start]
    for _ in range(years):
        size = sizes[-1] * (1 + rate)
        sizes.append(size if capacity is None else min(size, capacity))
    return sizes


def bounce(height, factor, n):
    return [height * factor**i for i in range(n)]


class Elevator:
    def __init__(self, floors):
        self.floors = floors
        self.floor = 0
        self.calls = []

    @property
    def busy(self):
        return bool(self.calls)

    def call(self, floor):
        if not 0 <= floor < self.floors:
            raise ValueError(f"no floor {floor}")
        self.calls.append(floor)

    def tick(self):
        if self.calls:
            goal = self.calls[0]
            self.floor += (goal > self.floor) - (goal < self.floor)
            if self.floor == goal:
                self.calls.pop(0)


def queue_simulation(arrivals, service):
    free, waits = 0, []
    for arrival in arrivals:
        start = max(arrival, free)
        waits.append(start - arrival)
        free = start + service
    return waits


def simulate_bank(customers, on_event):
    for number in range(customers):
        on_event("enter", number)
        on_event("leave", number)
