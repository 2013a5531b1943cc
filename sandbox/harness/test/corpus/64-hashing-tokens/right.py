import base64
import hashlib
import uuid


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def pack(data):
    return base64.b64encode(data).decode("ascii")


def unpack(text):
    return base64.b64decode(text)


def token(number=None):
    return uuid.uuid4() if number is None else uuid.UUID(int=number)


def xor_in_place(data, key):
    for i in range(len(data)):
        data[i] ^= key


def extension(path):
    return path.suffix


def parent_names(path):
    return [parent.name for parent in path.parents]


def every_second(n):
    return range(0, n, 2)


def window(start, length):
    return slice(start, start + length)


def letters(text):
    return frozenset(text)


def rotate(z):
    return z * 1j


def view(data):
    return memoryview(data)


def kinds(values):
    return [type(v) for v in values]


def caster(name):
    return {"int": int, "str": str}[name]


def remember(recent, item):
    recent.append(item)


def keys(mapping):
    return mapping.keys()


def values(mapping):
    return mapping.values()
