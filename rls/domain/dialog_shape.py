"""dialog-info (RFC 4235) for phones that expect the one of BroadWorks.

The only place where a body is rewritten for a phone (RFC 4662 section 7.3 discourages it): lamps of
some phones do not go off without a `<dialog>`, others look at the first one only.
"""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from rls.domain import multipart, xmlinput
from rls.domain.states import BY_URGENCY

MEDIA_TYPE = "application/dialog-info+xml"


def shaped(content_type: str, body: bytes, child: bool, one: bool) -> bytes:
    """`child`: there is a `<dialog>`, if need be a terminated one; `one`: there is at most one.

    A body of another type, or one that cannot be read, is passed on untouched.
    """
    if multipart.media_type(content_type)[0] != MEDIA_TYPE:
        return body
    return _shaped(body, child, one)


@lru_cache(1024)
def _shaped(body: bytes, child: bool, one: bool) -> bytes:
    try:
        root = xmlinput.parse(body)
    except xmlinput.MalformedXml:
        return body
    dialogs = root.findall("{*}dialog")
    if not dialogs and child:
        root.append(_no_dialog(root))
    elif len(dialogs) > 1 and one:
        kept = min(dialogs, key=_urgency)
        for dialog in dialogs:
            if dialog is not kept:
                root.remove(dialog)
    else:
        return body
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _no_dialog(root: etree._Element) -> etree._Element:
    namespace = etree.QName(root).namespace
    prefix = f"{{{namespace}}}" if namespace else ""
    dialog = etree.Element(f"{prefix}dialog", {"id": "none"})
    etree.SubElement(dialog, f"{prefix}state").text = "terminated"
    return dialog


def _urgency(dialog: etree._Element) -> int:
    state = dialog.findtext("{*}state", "").strip().lower()
    return BY_URGENCY.index(state) if state in BY_URGENCY else len(BY_URGENCY)
