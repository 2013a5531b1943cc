"""An author's notebook, run once for what it sends. Start at `main.py` (untrusted) and `scribe.py` (trusted)."""
