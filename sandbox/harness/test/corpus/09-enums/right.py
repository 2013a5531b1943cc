import enum


class Color(enum.Enum):
    RED = "#ff0000"
    GREEN = "#00ff00"
    BLUE = "#0000ff"

    def rgb(self):
        text = self.value.lstrip("#")
        return tuple(int(text[i : i + 2], 16) for i in (0, 2, 4))

    def __str__(self):
        return self.name.lower()


class Priority(enum.IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Permission(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    EXECUTE = enum.auto()


class TrafficLight(enum.Enum):
    GREEN = 1
    YELLOW = 2
    RED = 3

    def next(self):
        return TrafficLight(self.value % 3 + 1)


Weekday = enum.Enum("Weekday", "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY")
Weekday.is_weekend = property(lambda self: self.value >= 6)
