name = input("What is your name? ")


def greet():
    print(f"Hello, {name}!")


def confirm(question):
    return input(question + " ") == "yes"
