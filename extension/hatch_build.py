"""Puts the built JupyterLab extension into the wheel, and the line by which a Jupyter server loads `nbpulse_jupyter`.

`extension/nbpulse/labextension` is made by the TypeScript build. Without it the wheel would install a package whose
page side is missing, so that is an error, unless `NBPULSE_NO_LABEXTENSION=1` asks for the kernel package alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SHARE = "share/jupyter/labextensions/nbpulse"
_CONFIG = "etc/jupyter/jupyter_server_config.d/nbpulse.json"


class LabextensionHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable" or os.environ.get("NBPULSE_NO_LABEXTENSION") == "1":
            return
        built = root / "nbpulse" / "labextension"
        if not (built / "package.json").is_file():
            raise RuntimeError(
                f"{built} holds no built extension. Build it first (npm run build -w extension), "
                "or set NBPULSE_NO_LABEXTENSION=1 for the kernel package alone."
            )
        shared = build_data.setdefault("shared_data", {})
        shared[str(built)] = _SHARE
        shared[str(root / "install.json")] = f"{_SHARE}/install.json"
        shared[str(root / "jupyter_server_config.json")] = _CONFIG
