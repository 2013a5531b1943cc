"""The address of a server as a person types it. Imported only by who needs it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HERE = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|/|$)", re.IGNORECASE)


def server_address(typed: object) -> str:
    """`class.example.org/nbpulse/` → `https://class.example.org/nbpulse`, by the rules of the panel's join form.

    Raises ValueError, in words, for what is no address.
    """
    text = typed.strip() if isinstance(typed, str) else ""
    if not text:
        raise ValueError("connect needs the address of the server, as in connect(server='https://class.example.org').")
    shown = text[:80]
    if not _SCHEME.match(text):
        text = f"{'http' if _HERE.match(text) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or any(char.isspace() or not char.isprintable() for char in text):
        raise ValueError(f"“{shown}” is not a web address. It looks like https://class.example.org")
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"The address of a server begins with https:// or http://, not with {parts.scheme}://")
    if "@" in parts.netloc:
        raise ValueError("The address of a server contains no user name and no password. Remove the part before @.")
    name = f"[{host}]" if ":" in host else host
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}{'' if port in (None, usual) else f':{port}'}{parts.path.rstrip('/')}"
