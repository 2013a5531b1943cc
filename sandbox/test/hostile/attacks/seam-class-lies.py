# the seam: classes that lie about what they are: metaclasses, `__class__`, `__mro_entries__`, `__instancecheck__`.
# honest: double
def double(x):
    return 2 * x


class Meta(type):
    def __instancecheck__(cls, other):
        return True

    __subclasscheck__ = __eq__ = __contains__ = __instancecheck__
    __hash__ = type.__hash__

    def mro(cls):
        return [cls, list, object] if cls.__name__ == "Listlike" else type.mro(cls)


class Listlike(list, metaclass=Meta):
    pass


class Liar(metaclass=Meta):
    __slots__ = ()
    __class__ = property(lambda self: float)
    __mro_entries__ = lambda self, bases: (object,)
    __subclasshook__ = classmethod(lambda cls, other: True)
    __getattribute__ = lambda self, name: (lambda *args, **kwargs: True)
    __eq__ = lambda self, other: True
    __hash__ = None


primes = lambda n: Listlike
mean = half = small = lambda *args: Liar()
find = lambda: Liar
guess = lambda text: Meta
check = Liar
