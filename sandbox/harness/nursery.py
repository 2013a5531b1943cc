"""Entry of a warm parent: `python3 -I /harness/nursery.py oracle|probe ROOM`. Commands on stdin, answers on stdout.

ROOM is any long word: the kernel shows the argument list where it stood at the start, so a child's must fit there.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.warm.main import main  # noqa: E402

# As after a cold start: the entry that a child runs puts this folder there itself.
del sys.path[0]

if __name__ == "__main__":
    main()
