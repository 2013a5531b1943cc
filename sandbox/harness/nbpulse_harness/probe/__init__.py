"""The untrusted end: runs the student's notebook once, then answers from one fork per test. Start at `main.py`."""
