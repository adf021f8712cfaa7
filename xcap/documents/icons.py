"""Data constraints of pres-content: status icons (OMA Presence SIMPLE Content XDM)."""

import base64
import binascii
from collections.abc import Iterator
from typing import Final

from lxml import etree

from xcap.documents.constraints import Surroundings
from xcap.namespaces import PRES_CONTENT_NS

_MEDIA_TYPES: Final = ("image/jpeg", "image/gif", "image/png")


def icon_media_type(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    media_type = _text(root, "mime-type").lower()
    if media_type not in _MEDIA_TYPES:
        yield f"mime-type {media_type!r} is none of {', '.join(_MEDIA_TYPES)}"


def icon_data(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    encoding = _text(root, "encoding").lower()
    if encoding != "base64":
        yield f"encoding {encoding!r} is not base64"
        return
    try:
        if not base64.b64decode("".join(_text(root, "data").split()), validate=True):
            yield "data is empty"
    except (binascii.Error, ValueError):
        yield "data is not base64"


def _text(root: etree._Element, name: str) -> str:
    return (root.findtext(f"{{{PRES_CONTENT_NS}}}{name}") or "").strip()
