"""For the Jupyter server: pages learn from it which nbpulse server this place uses (`NBPULSE_SERVER`).

A package of its own, because the Jupyter server is no kernel: it imports nothing of `nbpulse`. The environment decides
last: a person's settings and a notebook's own metadata go before it.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

PAGE_OPTION = "nbpulseServer"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "nbpulse_jupyter"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    server = os.environ.get("NBPULSE_SERVER", "").strip()
    if not server:
        return
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        serverapp.log.warning("NBPULSE_SERVER is no address of a server (https://class.example.org): it is not used.")
        return
    serverapp.web_app.settings.setdefault("page_config_data", {})[PAGE_OPTION] = server.rstrip("/")
