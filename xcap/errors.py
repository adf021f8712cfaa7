"""The conflict report: body of every 409 (RFC 4825 section 11)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote
from xml.sax.saxutils import escape, quoteattr

from xcap.namespaces import LIMIT_NS, XCAP_ERROR_NS

MEDIA_TYPE: Final = "application/xcap-error+xml"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ErrorElement = Literal[
    "not-well-formed",
    "not-utf-8",
    "not-xml-frag",
    "not-xml-att-value",
    "cannot-insert",
    "cannot-delete",
    "no-parent",
    "schema-validation-error",
    "uniqueness-failure",
    "constraint-failure",
    "extension",
]


@dataclass(frozen=True, slots=True)
class Exists:
    """A value that is taken: a pointer to it in the document sent, and values that are free."""

    field: str
    alternatives: Sequence[str] = ()

    def in_words(self) -> str:
        free = f" (free: {', '.join(self.alternatives)})" if self.alternatives else ""
        return f"taken or double: {unquote(self.field)}{free}"

    def __str__(self) -> str:
        values = "".join(f"<alt-value>{escape(value)}</alt-value>" for value in self.alternatives)
        return f"<exists field={quoteattr(self.field)}>{values}</exists>"


class Conflict(Exception):
    """The request would leave the document in a state that is not allowed; nothing was stored.

    `extension` is the markup of an error that RFC 4825 does not know, in a namespace of its own.
    """

    def __init__(
        self,
        element: ErrorElement,
        phrase: str,
        *,
        exists: Sequence[Exists] = (),
        ancestor: str = "",
        extension: str = "",
    ) -> None:
        super().__init__(phrase)
        self.element = element
        self.phrase = phrase
        self.exists = exists
        self.ancestor = ancestor
        self.extension = extension

    def __str__(self) -> str:
        what = self.phrase if self.extension else f"{self.element}: {self.phrase}"
        return "; ".join([what, *(exists.in_words() for exists in self.exists)])

    def body(self) -> bytes:
        content = "".join(map(str, self.exists)) + self.extension
        if self.ancestor:
            content += f"<ancestor>{escape(self.ancestor)}</ancestor>"
        # The one element that has no phrase.
        phrase = "" if self.extension else f" phrase={quoteattr(xml_text(self.phrase))}"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<xcap-error xmlns="{XCAP_ERROR_NS}">'
            f"<{self.element}{phrase}>{content}</{self.element}></xcap-error>\n"
        ).encode()


class LimitReached(Conflict):
    """A limit of this server and not of the application usage: what there may be, and how many of it."""

    def __init__(self, what: str, most: int, phrase: str) -> None:
        text = escape(xml_text(phrase))
        super().__init__(
            "extension", phrase, extension=f'<limit xmlns="{LIMIT_NS}" {what}="{most}">{text}</limit>'
        )


def xml_text(text: str) -> str:
    """Without characters that XML does not know."""
    return _NO_XML.sub("\ufffd", text)
