from collections import defaultdict


def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def invert(mapping):
    inverted = {}
    for key, value in mapping.items():
        if value in inverted:
            raise ValueError(f"value {value} is there twice")
        inverted[value] = key
    return inverted


def merge(left, right):
    result = dict(left)
    for key, value in right.items():
        result[key] = result.get(key, 0) + value
    return result


def group_by_length(words):
    groups = defaultdict(list)
    for word in words:
        groups[len(word)].append(word)
    return groups


def most_common(counts, n):
    return sorted(counts.items(), key=lambda pair: -pair[1])[:n]


def update_stock(stock, changes):
    for name, change in changes.items():
        if stock.get(name, 0) + change < 0:
            raise ValueError(f"not enough {name}")
    for name, change in changes.items():
        stock[name] = stock.get(name, 0) + change
        if stock[name] == 0:
            del stock[name]
