def bubble_sort(items):
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]


def rotate(items, k):
    if items:
        k %= len(items)
        items[:] = items[-k:] + items[:-k]


def remove_duplicates(items):
    result = []
    for item in items:
        if item not in result:
            result.append(item)
    return result


def swap_ends(items):
    items[0], items[-1] = items[-1], items[0]
    return items


def transpose(rows):
    return [list(column) for column in zip(*rows)]


def append_to(item, target=None):
    if target is None:
        target = []
    target.append(item)
    return target


def make_grid(height, width):
    return [[0] * width for _ in range(height)]
