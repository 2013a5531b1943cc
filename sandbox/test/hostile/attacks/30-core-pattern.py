# attack 30: the host's settings through /proc/sys.
# honest: double
# needs: engine
def double(x):
    return 2 * x


for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"):
    try:
        open(path, "r+").close()
        print("OPENED-HOST", path)
    except OSError as error:
        print(path, error.errno)
