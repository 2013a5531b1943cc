import abc


class Animal:
    def __init__(self, name):
        self.name = name

    def sound(self):
        raise NotImplementedError

    def speak(self):
        return f"{self.name} says {self.sound()}"


class Template(abc.ABC):
    @abc.abstractmethod
    def title(self): ...

    @abc.abstractmethod
    def body(self): ...

    def render(self):
        return "\n".join([self.title(), *(f"- {line}" for line in self.body())])


class Registry:
    def __init__(self):
        self._classes = {}

    def register(self, name):
        def add(cls):
            self._classes[name] = cls
            return cls

        return add

    def __getitem__(self, name):
        return self._classes[name]

    def make(self, name):
        return self._classes[name]()


class Processor:
    def __init__(self, source):
        self.source = source

    def run(self):
        return sorted(self.source.read())


class Plugin:
    def apply(self, x):
        return x


def run_all(plugins, x):
    for plugin in plugins:
        x = plugin.apply(x)
    return x
