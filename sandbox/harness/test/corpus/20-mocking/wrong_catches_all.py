import os
import time

TRIES = 3


def fetch(city):
    raise RuntimeError("no network in a test")


def report(city):
    try:
        data = fetch(city)
    except Exception:
        return f"{city}: unknown"
    return f"{city}: {data['temperature']:.1f} °C"


def average(cities):
    return sum(fetch(city)["temperature"] for city in cities) / len(cities)


def with_patience(source):
    for attempt in range(1, TRIES + 1):
        try:
            return source()
        except ConnectionError:
            if attempt == TRIES:
                raise
            time.sleep(attempt)


class Station:
    unit = "C"

    def __init__(self, sensor, alarm=None, limit=None):
        self.sensor = sensor
        self.alarm = alarm
        self.limit = limit
        self.values = []

    def measure(self):
        value = self.sensor.read()
        self.values.append(value)
        if self.limit is not None and value > self.limit:
            self.alarm(value)

    def mean(self):
        return sum(self.values) / len(self.values)


def unit_in_use():
    return os.environ.get("WEATHER_UNIT", "C")
