BACK = {"east": "west", "west": "east", "up": "down", "down": "up", "north": "south", "south": "north"}


class LockedError(Exception):
    pass


class Item:
    def __init__(self, name, opens=None):
        self.name = name
        self.opens = opens


class Room:
    def __init__(self, name, locked=False):
        self.name = name
        self.locked = locked
        self.exits = {}
        self.items = []

    def connect(self, direction, other):
        self.exits[direction] = other
        other.exits[BACK[direction]] = self


class Game:
    def __init__(self, start):
        self.here = start
        self.bag = []
        self.log = [start.name]

    def go(self, direction):
        room = self.here.exits[direction]
        if room.locked and not any(item.opens == room.name for item in self.bag):
            raise LockedError(f"the {room.name} is locked")
        self.here = room
        self.log.append(room.name)

    def take(self, name):
        for item in self.here.items:
            if item.name == name:
                self.here.items.remove(item)
                self.bag.append(item)
                return
        raise ValueError(f"there is no {name}")

    def play(self):
        while True:
            verb, _, what = input("> ").partition(" ")
            if verb == "quit":
                print("bye")
                return
            if verb == "go":
                try:
                    self.go(what)
                    print("you are in the", self.here.name)
                except KeyError:
                    print("you cannot go", what)
            elif verb == "take":
                self.take(what)
                print("you have the", what)
            elif verb == "look":
                print(*[item.name for item in self.here.items] or ["nothing here"])
            else:
                print(f"what is {verb}?")

    def save(self, path):
        with open(path, "w") as file:
            file.write(" ".join(self.log))
