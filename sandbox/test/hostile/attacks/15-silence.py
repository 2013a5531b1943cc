# attack 15: silence everything that shows a failure.
# honest: double
import sys
import traceback


def double(x):
    return 2 * x


# %%
shell = get_ipython()
shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
shell.set_custom_exc((BaseException,), lambda *args, **kwargs: [])
sys.excepthook = traceback.print_exc = lambda *args, **kwargs: None
# %%
raise RuntimeError("nobody sees this")


# %%
def primes(n):
    raise RuntimeError("nor this")
