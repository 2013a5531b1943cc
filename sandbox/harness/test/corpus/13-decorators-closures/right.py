import functools


def memoize(function):
    cache = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args not in cache:
            cache[args] = function(*args)
        return cache[args]

    return wrapper


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


@counted
def greet(name):
    return f"Hello, {name}!"


def retry(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except ConnectionError:
                    if attempt == times - 1:
                        raise

        return wrapper

    return decorate


def make_counter(start=0):
    count = start

    def counter():
        nonlocal count
        count += 1
        return count

    return counter


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


def logged(function):
    def wrapper(*args, **kwargs):
        print("called with", args, kwargs)
        return function(*args, **kwargs)

    return wrapper


def validated(*kinds):
    def decorate(function):
        def wrapper(*args):
            for number, (arg, kind) in enumerate(zip(args, kinds)):
                if not isinstance(arg, kind):
                    raise TypeError(f"argument {number} should be a {kind.__name__}")
            return function(*args)

        return wrapper

    return decorate


def multipliers(n):
    return [lambda x, i=i: x * i for i in range(n)]
