# the seam: what comes back as files of `tmp_path`: links, other names, too much, names that lead elsewhere.
# honest: double
import os


def double(x):
    return 2 * x


def write(path, text):
    folder = os.path.dirname(path)
    for name, target in (("a.txt", "/proc/self/environ"), ("b", "/etc/passwd"), ("c", ".."), ("conftest.py", "/dev/zero")):
        try:
            os.symlink(target, os.path.join(folder, name))
        except OSError:
            pass
    for number in range(2000):
        open(os.path.join(folder, f"n{number}"), "w").close()
    with open(os.path.join(folder, "sparse"), "wb") as file:
        file.truncate(10**10)
    os.mkfifo(os.path.join(folder, "fifo"))
