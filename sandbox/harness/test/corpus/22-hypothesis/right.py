def merge_sort(items):
    if len(items) < 2:
        return list(items)
    middle = len(items) // 2
    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            result.append(left[i])
            i += 1
        else:
            result.append(right[j])
            j += 1
    return result + left[i:] + right[j:]


def encode(text):
    runs = []
    for c in text:
        if runs and runs[-1][0] == c:
            runs[-1] = (c, runs[-1][1] + 1)
        else:
            runs.append((c, 1))
    return runs


def decode(runs):
    return "".join(c * n for c, n in runs)


def to_base(n, base):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    if n == 0:
        return "0"
    text = ""
    while n:
        n, rest = divmod(n, base)
        text = digits[rest] + text
    return text


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def normalise(text):
    return " ".join(text.split())


def median(values):
    if not values:
        raise ValueError("no median of nothing")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def jaccard(a, b):
    return len(a & b) / len(a | b) if a | b else 1.0
