"""Pictures: matplotlib figures, axes, artists and `plt` itself; PIL images; whatever has `_repr_png_`."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import sys
from typing import Any

from . import limits
from .budget import Encoded, Refused
from .shown import last_shown, watch
from .text import class_label, label

#: Decoded bytes of a picture. The rest of `limits.VALUE_BYTES` is for the words around it.
PICTURE_BYTES = limits.VALUE_BYTES - 8 * limits.KIB
_DPI = (100, 72, 50)


def encode_picture(value: Any) -> Encoded | None:
    """The value as an image of the wire; None when it is no picture."""
    figure = _matplotlib_figure(value)
    if figure is not None:
        return _encode_figure(figure, value)
    module = type(value).__module__.split(".")[0]
    if module == "PIL":
        image_module = sys.modules.get("PIL.Image")
        if image_module is not None and isinstance(value, image_module.Image):
            return _encode_pil(value)
    return None


def drawing_in(value: Any) -> Any:
    """The part of matplotlib in what a plotting call gave: a list of lines, `hist`'s tuple, `boxplot`'s dict."""
    if isinstance(value, dict):
        lists = [item for item in list(value.values())[:1] if type(item) is list and item]
        first = [item[0] for item in lists]
    else:
        first = list(value[:4])
        first += [item[0] for item in first if type(item) is list and item]
    several = type(value) is list and len(value) > 1 and len({id(getattr(item, "figure", None)) for item in value}) > 1
    for item in first:
        if type(item).__module__.startswith("matplotlib.") and not several:
            return item
    return None


def image(mime: str, raw: bytes, of: str, size: tuple[int, int] | None = None) -> Encoded:
    """`b64` stands last: over the comm it travels as a binary buffer and the page puts it back there."""
    out: Encoded = {"t": "image", "mime": mime, "sha256": hashlib.sha256(raw).hexdigest(), "n": len(raw)}
    if size is None and mime == "image/png" and raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) > 24:
        size = struct.unpack(">II", raw[16:24])
    if size is not None and min(size) > 0:
        out["width"], out["height"] = int(size[0]), int(size[1])
    out["of"] = label(of)
    out["b64"] = base64.b64encode(raw).decode("ascii")
    return out


def checked_image(mime: str, raw: bytes, of: str) -> Encoded:
    if len(raw) > PICTURE_BYTES:
        raise Refused("too-large", f"this picture takes {len(raw):,} bytes; a record holds 1 MB. Send a smaller one.")
    return image(mime, raw, of)


def _matplotlib_figure(value: Any) -> Any:
    mpl_figure = sys.modules.get("matplotlib.figure")
    if mpl_figure is None:
        return None
    if isinstance(value, mpl_figure.FigureBase):
        return value
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is not None and (value is plt or value is sys.modules.get("pylab")):
        watch()
        figure = plt.gcf() if plt.get_fignums() else last_shown()
        if figure is None:
            raise Refused("no-figure", "there is no figure to send: plot first, or send the figure itself.")
        return figure
    np = sys.modules.get("numpy")
    if np is not None and isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.size:
        value = value.flat[0]
    elif type(value) in (list, tuple) or type(value).__module__ == "matplotlib.container":  # bars, error bars
        value = value[0] if isinstance(value, (list, tuple)) and value else None
    elif type(value).__module__.split(".")[0] == "seaborn":  # its grids hold a figure
        value = getattr(value, "figure", None)
        if isinstance(value, mpl_figure.FigureBase):
            return value
    artist = sys.modules.get("matplotlib.artist")
    if artist is not None and isinstance(value, artist.Artist):
        figure = getattr(value, "figure", None)
        if isinstance(figure, mpl_figure.FigureBase):
            return figure
    return None


def _encode_figure(figure: Any, value: Any) -> Encoded:
    root = figure
    while getattr(root, "figure", None) not in (None, root):  # a subfigure is drawn with its whole
        root = root.figure
    of = "matplotlib.pyplot" if value is sys.modules.get("matplotlib.pyplot") else class_label(type(value))
    raw = b""
    for dpi in _DPI:
        buffer = io.BytesIO()
        root.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight")
        raw = buffer.getvalue()
        if len(raw) <= PICTURE_BYTES:
            return image("image/png", raw, of if dpi == _DPI[0] else f"{of}, at {dpi} dpi")
    raise Refused("too-large", f"this figure takes {len(raw):,} bytes; a record holds 1 MB. Make it smaller (figsize).")


def _encode_pil(value: Any) -> Encoded:
    of = class_label(type(value))
    picture = value
    size = picture.size
    for attempt in range(6):
        raw = _png(picture)
        if len(raw) <= PICTURE_BYTES:
            notice = "" if attempt == 0 else f", scaled from {size[0]}×{size[1]}"
            return image("image/png", raw, of + notice, picture.size)
        share = max(0.3, min(0.8, (PICTURE_BYTES / len(raw)) ** 0.5))
        picture = picture.resize((max(1, int(picture.size[0] * share)), max(1, int(picture.size[1] * share))))
    raise Refused("too-large", "this picture takes more than a record holds (1 MB). Send a smaller one.")


def _png(picture: Any) -> bytes:
    buffer = io.BytesIO()
    if picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        try:
            picture = picture.convert("L" if picture.mode in ("I", "F") else "RGB")
        except ValueError as error:
            raise Refused(
                "cannot-encode", f"a picture of mode {picture.mode} has no form as PNG; convert it to RGB first."
            ) from error
    picture.save(buffer, format="PNG")
    return buffer.getvalue()
