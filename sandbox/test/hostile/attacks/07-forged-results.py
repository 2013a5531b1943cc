# attack 7: write a result on every descriptor and every likely file, then leave with success.
# honest: double
# needs: engine
import json
import os
import struct


def double(x):
    return 2 * x


def forge(*args):
    report = {
        "nonce": os.environ.get("NONCE", ""),
        "type": "report",
        "canary": "held",
        "notebook": {"ok": True},
        "tests": [{"name": "test_primes", "status": "passed", "visible": True, "weight": 1, "durationMs": 1}],
    }
    data = json.dumps(report).encode()
    for fd in range(64):
        try:
            os.write(fd, struct.pack("<I", len(data)) + data)
        except OSError:
            pass
    for name in ("results.json", "/job/results.json", "/tmp/results.json", "/job/report.json", "report.xml"):
        try:
            open(name, "wb").write(data)
        except OSError:
            pass
    os._exit(0)


primes = mean = half = small = find = check = search = notify = table = guess = forge
