import random


def greet():
    name = input("What is your name? ")
    print(f"Hello, {name}!")


def sum_until_empty():
    total = 0
    while True:
        line = input()
        if not line:
            return total
        total += float(line)


def ask_positive():
    while True:
        try:
            number = int(input("a number: "))
        except ValueError:
            number = -1
        if number > 0:
            return number
        print("not a positive number")


def guessing_game():
    secret = random.randint(1, 100)
    tries = 0
    while True:
        tries += 1
        guess = int(input("your guess: "))
        if guess == secret:
            print("correct")
            return tries
        print("higher" if guess < secret else "lower")


def confirm(question):
    return input(question + " ").lower() in ("y", "yes")


def menu(actions):
    results = []
    while True:
        choice = input("> ")
        if choice == "q":
            return results
        if choice in actions:
            results.append(actions[choice]())
        else:
            print("unknown choice", choice)
