import marimo

__generated_with = "0.17.0"
app = marimo.App()

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    # Is it prime?

    A prime number is a whole number of at least 2 that only 1 and itself divide. Write `is_prime(n)`; it gives `True` or `False`.
    A negative number makes no sense here: raise a `ValueError` whose message says that it is negative.

    The box at the end tells you at once how your function does on a few numbers. When you hand it in, it is tried on more.
    """)
    return


@app.function
def is_prime(n):
    """True if n is a prime number. Raises ValueError for a negative n."""
    ...


@app.cell
def _():
    examples = {0: False, 2: True, 7: True, 9: False, 91: False, 97: True}
    return (examples,)


@app.cell(hide_code=True)
def _(examples):
    def _told(n, expected):
        try:
            given = is_prime(n)
        except Exception as error:
            return f"`is_prime({n})` raised `{type(error).__name__}: {error}`"
        return None if given is expected else f"`is_prime({n})` gave `{given}`, expected `{expected}`"

    wrong = [said for n, expected in examples.items() if (said := _told(n, expected)) is not None]
    mo.callout(
        mo.md("\n\n".join(wrong) or f"All {len(examples)} examples are right. More are tried when you hand it in."),
        kind="danger" if wrong else "success",
    )
    return


if __name__ == "__main__":
    app.run()
