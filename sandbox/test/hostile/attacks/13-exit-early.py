# attack 13: leave early with success, in a cell and in every function.
# honest: double
import sys


def double(x):
    return 2 * x


def leave(*args):
    sys.exit(0)


primes = mean = half = small = find = check = search = notify = table = guess = leave
# %%
exit(0)
# %%
quit()
# %%
raise SystemExit(0)
