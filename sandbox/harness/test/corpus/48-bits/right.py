def bit_count(n):
    count = 0
    while n:
        n &= n - 1
        count += 1
    return count


def is_power_of_two(n):
    return n > 0 and n & (n - 1) == 0


def to_binary(n):
    if n < 0:
        return "-" + to_binary(-n)
    return to_binary(n >> 1) + str(n & 1) if n > 1 else str(n)


def toggle(n, position):
    return n ^ (1 << position)


def hamming(a, b):
    return bit_count(a ^ b)


def gray(n):
    return n ^ (n >> 1)


def reverse_bits(n, width):
    result = 0
    for _ in range(width):
        result = result << 1 | n & 1
        n >>= 1
    return result


def swap(a, b):
    a ^= b
    b ^= a
    a ^= b
    return a, b


def parity(n):
    return bit_count(n) % 2


class BitSet:
    def __init__(self, items=(), size=64, bits=0):
        self.size = size
        self.bits = bits
        for item in items:
            self.add(item)

    def add(self, item):
        self.bits |= 1 << item

    def __contains__(self, item):
        return self.bits >> item & 1 == 1

    def __iter__(self):
        return (i for i in range(self.bits.bit_length()) if i in self)

    def __len__(self):
        return bit_count(self.bits)

    def __int__(self):
        return self.bits

    def __or__(self, other):
        return BitSet(bits=self.bits | other.bits)

    def __ior__(self, other):
        self.bits |= other.bits
        return self

    def __and__(self, other):
        return BitSet(bits=self.bits & other.bits)

    def __xor__(self, other):
        return BitSet(bits=self.bits ^ other.bits)

    def __invert__(self):
        return BitSet(bits=~self.bits & (1 << self.size) - 1, size=self.size)

    def __lshift__(self, n):
        return BitSet(bits=self.bits << n)
