import cmath
import math


def square_root(x):
    if x < 0:
        raise ValueError("no real root")
    if x == 0:
        return 0.0
    guess = x if x > 1 else 1.0
    for _ in range(200):
        guess = (guess + x / guess) / 2
    return guess


def derivative(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def newton(f, df, x, steps=50):
    for _ in range(steps):
        step = f(x) / df(x)
        x -= step
        if abs(step) < 1e-12:
            return x
    raise RuntimeError(f"did not converge in {steps} steps")


def simpson(f, a, b, n):
    if n % 2:
        raise ValueError("n must be even")
    h = (b - a) / n
    inner = sum((4 if i % 2 else 2) * f(a + i * h) for i in range(1, n))
    return h / 3 * (f(a) + inner + f(b))


def euler(f, start, y, end, steps):
    h = (end - start) / steps
    times, values = [start], [y]
    for i in range(steps):
        values.append(values[-1] + h * f(times[-1], values[-1]))
        times.append(start + (i + 1) * h)
    return times, values


def extended_gcd(a, b):
    if b == 0:
        return a, 1, 0
    g, x, y = extended_gcd(b, a % b)
    return g, y, x - a // b * y


def collatz(n):
    path = [n]
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        path.append(n)
    return path


def digit_sum(n):
    return sum(int(d) for d in str(n))


def safe_log(x):
    if x == 0:
        return -math.inf
    return math.log(x) if x > 0 else math.nan


def quadratic(a, b, c):
    root = cmath.sqrt(b * b - 4 * a * c)
    found = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return found if root.imag else tuple(z.real for z in found)
