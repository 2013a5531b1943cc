"""The trusted end: runs the author's tests, asks the probe, judges by itself. `main.py` is the place to start."""
