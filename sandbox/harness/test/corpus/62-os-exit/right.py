import sys


def first():
    return 1


def divide(a, b):
    return a / b if b else None


def validate(n):
    return n > 0


def main(args):
    if "--version" in args:
        print("1.0")
        sys.exit(0)
    sys.exit(2)


def patient(action):
    return action()
