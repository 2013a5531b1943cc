def factorial(n):
    return factorial(n - 1) * n


def fib(n):
    return fib(n + 1)


def flatten(items):
    return flatten(items[0])


depth = power = hanoi = permutations = flatten
