SMALL = {"and", "of", "the", "a", "an", "in"}


def reverse_words(text):
    return " ".join(reversed(text.split()))


def is_palindrome(text):
    letters = [c.lower() for c in text if c.isalnum()]
    return letters == letters[::-1]


def caesar(text, shift):
    result = ""
    for c in text:
        if c.isascii() and c.isalpha():
            base = ord("A") if c.isupper() else ord("a")
            result += chr((ord(c) - base + shift) % 26 + base)
        else:
            result += c
    return result


def count_vowels(text):
    return sum(c in "aeiou" for c in text.lower())


def title_case(text):
    words = []
    for number, word in enumerate(text.split()):
        words.append(word if number and word in SMALL else word.capitalize())
    return " ".join(words)
