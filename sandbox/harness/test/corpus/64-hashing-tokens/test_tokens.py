import base64
import hashlib
import uuid
from pathlib import PurePosixPath

import pytest
import submission


def test_hash():
    assert submission.sha("abc") == hashlib.sha256(b"abc").hexdigest()


def test_base64():
    assert submission.pack(b"\x00\x01\xff") == base64.b64encode(b"\x00\x01\xff").decode()
    assert submission.unpack(submission.pack(b"hi")) == b"hi"


def test_uuid():
    a, b = submission.token(), submission.token()
    assert isinstance(a, uuid.UUID) and a != b
    assert submission.token(3) == uuid.UUID(int=3)


def test_bytearray_in_place():
    data = bytearray(b"abc")
    submission.xor_in_place(data, 1)
    assert data == bytearray(b"`cb")
    submission.xor_in_place(data, 1)
    assert bytes(data) == b"abc"


def test_paths():
    assert submission.extension(PurePosixPath("a/b.tar.gz")) == ".gz"
    assert submission.parent_names(PurePosixPath("/x/y/z")) == ["y", "x", ""]


def test_ranges_and_slices():
    assert submission.every_second(10) == range(0, 10, 2)
    assert list(range(10))[submission.window(2, 3)] == [2, 3, 4]


def test_frozenset_and_complex():
    assert submission.letters("hello") == frozenset("helo")
    assert submission.rotate(1 + 0j) == 1j


def test_memoryview():
    assert submission.view(b"abcd")[1:3].tobytes() == b"bc"


def test_memo_of_types():
    assert submission.kinds([1, "a", None, 2.0]) == [int, str, type(None), float]
    assert submission.caster("int") is int
    with pytest.raises(KeyError):
        submission.caster("eval")


def test_deque():
    from collections import deque

    recent = deque([1, 2], maxlen=2)
    submission.remember(recent, 3)
    assert recent == deque([2, 3]) and recent.maxlen == 2


def test_dict_views():
    assert submission.keys({"a": 1, "b": 2}) == {"a", "b"}
    assert sorted(submission.values({"a": 1, "b": 2})) == [1, 2]
