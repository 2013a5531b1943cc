# the seam: hand an object to the test's own function, so that the test's operators meet it there.
# honest: double
def double(x):
    return 2 * x


class Spy:
    def __init__(self):
        self.seen = []

    def _see(self, other):
        self.seen.append(other)
        return True

    __lt__ = __gt__ = __eq__ = __rlt__ = __sub__ = __rsub__ = _see
    __hash__ = object.__hash__


class Number(int):
    def __gt__(self, other):
        SEEN.append(other)
        return True

    __lt__ = __eq__ = __rsub__ = __sub__ = __gt__
    __hash__ = int.__hash__


SEEN = []


def search(compare):
    for spy in (Spy(), Number(3)):
        try:
            compare(spy)
        except Exception as error:
            print(error)
        SEEN.extend(getattr(spy, "seen", []))
    print("SEEN", SEEN)
    return SEEN[0] if SEEN else 0
