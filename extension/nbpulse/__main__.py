"""`python -m nbpulse number lab.ipynb`."""

import sys

from .command import main

sys.exit(main())
