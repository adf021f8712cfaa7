"""Bodies of PUTs on elements and attributes (RFC 4825 section 8.2.2)."""

import re
from typing import Final
from xml.parsers.expat import ExpatError

from xcap.documents.source import SPACE
from xcap.documents.spans import element_spans
from xcap.errors import Conflict

_REFERENCE: Final = rb"&(?:quot|apos|amp|lt|gt|#[0-9]+|#x[0-9A-Fa-f]+);"
_QUOTED = re.compile(
    rb"""[ \t\r\n]*("(?:[^<&"]|%(r)b)*"|'(?:[^<&']|%(r)b)*')[ \t\r\n]*""" % {b"r": _REFERENCE}
)
_BARE = re.compile(rb"(?:[^<&]|%b)*" % _REFERENCE)


def one_element(body: bytes) -> bytes:
    """The one element that a body is, without the white space around it. Raises Conflict.

    Its prefixes may be declared in the document only, so names are not looked at.
    """
    _utf8(body)
    body = body.strip(SPACE)
    # What may stand before an element, a DOCTYPE above all, is not even parsed.
    if not body.startswith(b"<") or body.startswith((b"<!", b"<?")):
        raise Conflict("not-xml-frag", "the body has to be one element and nothing else")
    try:
        root = element_spans(body)[0]
    except ExpatError as error:
        raise Conflict("not-xml-frag", f"the body is no element: {error}") from error
    if root.end != len(body):
        raise Conflict("not-xml-frag", "something follows the element in the body")
    return body


def attribute_value(body: bytes) -> bytes:
    """An AttValue with its quotes; those are added for clients that leave them out. Raises Conflict."""
    _utf8(body)
    if quoted := _QUOTED.fullmatch(body):
        return quoted[1]
    if body.lstrip(SPACE).startswith((b'"', b"'")) or not _BARE.fullmatch(body):
        raise Conflict("not-xml-att-value", "a bare <, &, or the quote itself stands in the attribute value")
    if b'"' not in body:
        return b'"%b"' % body
    return b"'%b'" % body if b"'" not in body else b'"%b"' % body.replace(b'"', b"&quot;")


def _utf8(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Conflict("not-utf-8", str(error)) from error
