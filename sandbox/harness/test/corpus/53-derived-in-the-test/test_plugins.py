import abc

import pytest
from submission import Animal, Plugin, Processor, Registry, Template, run_all


class Cow(Animal):
    def sound(self):
        return "moo"


class Polite(Animal):
    def __init__(self, name):
        super().__init__(name)
        self.greeted = 0

    def sound(self):
        self.greeted += 1
        return "hello"


def test_derived_from_the_submission():
    assert Cow("Elsa").speak() == "Elsa says moo"


def test_derived_with_init():
    animal = Polite("Rex")
    assert animal.speak() == "Rex says hello"
    assert animal.speak() and animal.greeted == 2
    assert animal.name == "Rex"


def test_derived_is_an_animal():
    assert issubclass(Cow, Animal)
    assert isinstance(Cow("x"), Animal)


def test_base_method_must_be_there():
    with pytest.raises(NotImplementedError):
        Animal("x").speak()


def test_template_method():
    class Report(Template):
        def title(self):
            return "T"

        def body(self):
            return ["a", "b"]

    assert Report().render() == "T\n- a\n- b"


def test_incomplete_template():
    class Half(Template):
        def title(self):
            return "T"

    with pytest.raises(TypeError, match="body"):
        Half().render()


def test_registry_of_test_classes():
    registry = Registry()

    @registry.register("csv")
    class Csv:
        pass

    assert registry["csv"] is Csv
    assert isinstance(registry.make("csv"), Csv)


def test_abc_of_the_test():
    class Source(abc.ABC):
        @abc.abstractmethod
        def read(self): ...

    class Fixed(Source):
        def read(self):
            return [3, 1, 2]

    assert Processor(Fixed()).run() == [1, 2, 3]


def test_abc_of_the_test_is_registered():
    class Readable(abc.ABC):
        pass

    Readable.register(Plugin)
    assert issubclass(Plugin, Readable)


def test_run_all():
    class Plus(Plugin):
        def apply(self, x):
            return x + 1

    class Twice(Plugin):
        def apply(self, x):
            return 2 * x

    assert run_all([Plus(), Twice()], 5) == 12


def test_super():
    class Loud(Cow):
        def speak(self):
            return super().speak().upper()

    assert Loud("Elsa").speak() == "ELSA SAYS MOO"
