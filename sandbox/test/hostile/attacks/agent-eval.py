# agent benchmarks: `eval` of answers. Texts that would run where they are compared, formatted or shown.
# honest: double
def double(x):
    return 2 * x


CODE = "__import__('os').system('echo owned > /tmp/owned') or True"
primes = lambda n: CODE
mean = lambda values: "{0.__class__.__init__.__globals__}"
find = lambda: ["%(SECRET)s", "{SECRET}", "${SECRET}", "{{ SECRET }}"]
guess = lambda text: f"f'{{{CODE}}}'"


def check(x):
    raise ValueError("{0.__init__.__globals__[SECRET]} %s %n")
