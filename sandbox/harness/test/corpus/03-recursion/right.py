def factorial(n):
    if not isinstance(n, int):
        raise TypeError("a whole number, please")
    if n < 0:
        raise ValueError(f"no factorial of {n}")
    return 1 if n == 0 else n * factorial(n - 1)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def power(base, exponent):
    if exponent < 0:
        return 1 / power(base, -exponent)
    if exponent == 0:
        return 1
    half = power(base, exponent // 2)
    return half * half * (base if exponent % 2 else 1)


def flatten(items):
    flat = []
    for item in items:
        if isinstance(item, list):
            flat.extend(flatten(item))
        else:
            flat.append(item)
    return flat


def depth(items):
    return 1 + max((depth(item) for item in items if isinstance(item, list)), default=0)


def permutations(text):
    if len(text) <= 1:
        return [text]
    found = []
    for i, c in enumerate(text):
        for rest in permutations(text[:i] + text[i + 1 :]):
            found.append(c + rest)
    return found


def hanoi(n, source, spare, target):
    if n == 0:
        return []
    return hanoi(n - 1, source, target, spare) + [(source, target)] + hanoi(n - 1, spare, source, target)
