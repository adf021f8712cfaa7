"""Longer values of the detail pages: header lists, documents."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from lxml import etree

from rls.domain import xmlinput

SHOWN = 64 * 1024
"""Bytes of a document that are shown."""


def code(text: str | None) -> SafeString | str:
    """A protocol value in the script that is meant to be compared and copied."""
    return format_html('<code class="rls-code">{}</code>', text) if text else ""


def clipped(text: str) -> SafeString | str:
    """A long text cut to the room of its column, all of it on hover."""
    return format_html('<span class="rls-clip" title="{}">{}</span>', text, text) if text else ""


def sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def numbers(found: Iterable[int]) -> str:
    return ", ".join(map(str, found))


def route_set(text: str | None) -> SafeString | str:
    """One route per line, in the order of use."""
    routes = [route.strip() for route in (text or "").split(",") if route.strip()]
    return format_html_join("", '<code class="rls-code rls-line">{}</code>', ((route,) for route in routes))


def facts(found: Iterable[tuple[str, str]]) -> SafeString | str:
    """What a document says, a sentence to a line."""
    return format_html_join("", '<span class="rls-line"><b>{}</b> {}</span>', found)


def document(body: bytes) -> SafeString | str:
    """A body for reading: XML indented, everything escaped."""
    if not body:
        return ""
    text = _indented(body).decode(errors="replace")
    rest = "\n…" if len(text) > SHOWN else ""
    return format_html('<pre class="rls-document">{}{}</pre>', text[:SHOWN], rest)


def _indented(body: bytes) -> bytes:
    try:
        root = xmlinput.parse(body)
    except xmlinput.MalformedXml:
        return body
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8")
