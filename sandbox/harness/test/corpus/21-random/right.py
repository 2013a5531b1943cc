import random


def roll():
    return random.randint(1, 6)


def shuffled(items, rng=random):
    result = list(items)
    rng.shuffle(result)
    return result


def estimate_pi(n):
    inside = sum(random.random() ** 2 + random.random() ** 2 < 1 for _ in range(n))
    return 4 * inside / n


def pick_winner(names):
    return random.choice(sorted(names))


def lottery(k, n):
    return sorted(random.sample(range(1, n + 1), k))


def weighted(weights):
    return random.choices(list(weights), list(weights.values()))[0]


def random_walk(steps):
    path = [(0, 0)]
    for _ in range(steps):
        dx, dy = random.choice([(1, 0), (-1, 0), (0, 1), (0, -1)])
        x, y = path[-1]
        path.append((x + dx, y + dy))
    return path
