"""A front end without nbpulse, as VS Code and Colab are: runs cells in a real kernel, closes unknown comms.

`python kernel_client.py KERNEL_PYTHON` reads {"cells": [...]} from stdin, prints {"outputs": [[...], ...], "comms": n}.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

_SECONDS = 60


class OneSpec(KernelSpecManager):
    """The kernel of the interpreter that was named."""

    python = sys.executable

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="named", language="python")


def shown(message: dict[str, Any]) -> str | None:
    content = message["content"]
    kind = message["msg_type"]
    if kind == "stream":
        return f"{content['name']}: {content['text']}"
    if kind == "error":
        return f"error: {content['ename']}: {content['evalue']}"
    return str(content["data"].get("text/plain")) if kind in ("execute_result", "display_data") else None


def run(cells: list[str], python: str) -> dict[str, Any]:
    OneSpec.python = python
    manager = KernelManager(kernel_spec_manager=OneSpec(), kernel_name="named")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    comms = 0
    outputs: list[list[str]] = []
    try:
        client.wait_for_ready(timeout=_SECONDS)
        for cell in cells:
            asked = client.execute(cell)
            mine: list[str] = []
            while True:
                message = client.get_iopub_msg(timeout=_SECONDS)
                if message["msg_type"] == "comm_open":
                    comms += 1
                    closing = client.session.msg("comm_close", {"comm_id": message["content"]["comm_id"], "data": {}})
                    client.shell_channel.send(closing)
                if message["parent_header"].get("msg_id") != asked:
                    continue
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    break
                text = shown(message)
                if text is not None:
                    mine.append(text)
            outputs.append(mine)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    return {"outputs": outputs, "comms": comms}


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin)["cells"], sys.argv[1] if len(sys.argv) > 1 else sys.executable)))
