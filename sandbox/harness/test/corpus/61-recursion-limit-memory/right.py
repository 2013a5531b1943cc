def count_down(n):
    while n > 0:
        n -= 1
    return n


def count_down_recursive(n):
    return 0 if n == 0 else count_down_recursive(n - 1)


def depth(items):
    return 1 + max(map(depth, items), default=0)


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def squares(n):
    return [i * i for i in range(n)]


def repeat(text, n):
    return text * n


def power(a, n):
    return a**n


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def bounce(n, visit):
    return visit(n, bounce)
