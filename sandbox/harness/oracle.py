"""Entry of the trusted sandbox: `python3 -I /harness/oracle.py`, a job on stdin, the report on stdout."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.oracle.main import main  # noqa: E402

# A submission may be called `probe`: from here on only the package itself leads into this folder.
del sys.path[0]

if __name__ == "__main__":
    main()
