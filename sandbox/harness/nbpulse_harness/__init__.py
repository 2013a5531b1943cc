"""The Python side of nbpulse's sandbox.

`oracle` is the trusted process: it holds the hidden tests and the expected values. `probe` is the untrusted one: it
holds the student's code. `seam` is everything that both need to talk: nothing else is shared between them, and what
comes from the probe is treated as hostile even though honest code wrote it.
"""
