"""The command `nbpulse` of the wheel. Not part of what the kernel needs: `import nbpulse` never loads it."""

from .line import main

__all__ = ["main"]
