"""The protocol and the object model between oracle and probe. `peer.py` is the place to start reading."""
