import logging
import warnings

log = logging.getLogger("shop")


class PrecisionWarning(UserWarning):
    pass


def new_name(x):
    return 2 * x


def old_name(x):
    warnings.warn("use new_name instead", DeprecationWarning, stacklevel=2)
    return new_name(x)


def imprecise(x):
    if x > 2**53:
        warnings.warn("digits are lost", PrecisionWarning)
    return float(x)


def process(items):
    done = 0
    for number, item in enumerate(items):
        if item:
            log.info("item %d done", number)
            done += 1
        else:
            log.warning("item %d is empty", number)
    return done


def binary_search(items, wanted):
    assert all(a <= b for a, b in zip(items, items[1:])), "items must be sorted"
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1
