import itertools

import pytest
from submission import BitSet, bit_count, gray, hamming, is_power_of_two, parity, reverse_bits, swap, to_binary, toggle


@pytest.mark.parametrize("n", [0, 1, 2, 255, 1023, 2**70 + 5])
def test_bit_count(n):
    assert bit_count(n) == bin(n).count("1")


@pytest.mark.parametrize(("n", "expected"), [(0, False), (1, True), (2, True), (6, False), (2**80, True), (-4, False)])
def test_power(n, expected):
    assert is_power_of_two(n) is expected


def test_binary():
    assert [to_binary(n) for n in (0, 1, 5, 8)] == ["0", "1", "101", "1000"]
    assert to_binary(-5) == "-101"


def test_toggle():
    assert toggle(0b1010, 0) == 0b1011
    assert toggle(0b1010, 1) == 0b1000
    with pytest.raises(ValueError):
        toggle(1, -1)


def test_hamming():
    assert hamming(0b1011, 0b0110) == 3
    assert all(hamming(a, a) == 0 for a in range(20))


def test_gray_neighbours():
    codes = [gray(n) for n in range(32)]
    assert sorted(codes) == list(range(32))
    assert all(hamming(a, b) == 1 for a, b in itertools.pairwise(codes))


def test_reverse():
    assert reverse_bits(0b00010110, 8) == 0b01101000
    assert reverse_bits(reverse_bits(37, 16), 16) == 37


def test_swap():
    assert swap(3, 9) == (9, 3)


def test_parity():
    assert [parity(n) for n in (0, 1, 3, 7)] == [0, 1, 0, 1]


class TestBitSet:
    def test_add_and_contains(self):
        s = BitSet()
        s.add(3)
        s.add(70)
        assert 3 in s and 70 in s and 4 not in s

    def test_operators(self):
        a, b = BitSet([1, 2]), BitSet([2, 3])
        assert list(a | b) == [1, 2, 3]
        assert list(a & b) == [2]
        assert list(a ^ b) == [1, 3]

    def test_len_and_int(self):
        s = BitSet([0, 4])
        assert len(s) == 2
        assert int(s) == 17
        assert bool(BitSet()) is False

    def test_invert(self):
        assert list(~BitSet([0, 2], size=4)) == [1, 3]

    def test_shift(self):
        assert list(BitSet([1, 2]) << 3) == [4, 5]

    def test_in_place(self):
        s = BitSet([1])
        same = s
        s |= BitSet([2])
        assert list(same) == [1, 2]
        assert same is s
