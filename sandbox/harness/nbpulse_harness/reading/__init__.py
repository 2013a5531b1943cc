"""What the text of an author's tests and notebooks tells before anything runs. `main.py` is the place to start."""
