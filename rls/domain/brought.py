"""What the body of a SUBSCRIBE brings: filters (RFC 4660) and lists of recipients (RFC 5367), alone or
as parts of a multipart (RFC 5621)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rls.domain import filters, multipart, recipients
from rls.domain.multipart import Part

DEEPEST = 4
"""Multiparts within each other that are looked into."""
MOST = 50
"""Parts that a body may have altogether."""


class Brought(NamedTuple):
    """`unknown` are the media types of what is not understood and has to be (RFC 5621 section 8.4)."""

    filters: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    unknown: tuple[str, ...] = ()


def is_looked_into(content_type: str) -> bool:
    kind, _ = multipart.media_type(content_type)
    return kind.startswith("multipart/") or kind in (filters.MEDIA_TYPE, recipients.MEDIA_TYPE)


def is_optional(disposition: str) -> bool:
    """Whether a Content-Disposition says that what is not understood can be left out."""
    _, params = multipart.media_type(disposition)
    return params.get("handling", "").lower() == "optional"


def read(
    content_type: str, disposition: str, body: bytes, *, takes_lists: bool, expects_list: bool
) -> Brought:
    """`expects_list`: a resource list without a Content-Disposition is one of recipients.

    Raises MalformedMultipart.
    """
    whole = Part(content_type, body, disposition=disposition)
    return _Reader(takes_lists=takes_lists, expects_list=expects_list).read(whole)


class _Reader:
    """The parts of one body, as few as a SUBSCRIBE can sensibly have."""

    def __init__(self, *, takes_lists: bool, expects_list: bool) -> None:
        self._takes_lists = takes_lists
        self._expects_list = expects_list
        self._left = MOST

    def read(self, part: Part, depth: int = 0) -> Brought:
        found = self._understood(part, depth)
        return found._replace(unknown=()) if is_optional(part.disposition) else found

    def _understood(self, part: Part, depth: int) -> Brought:
        kind, _ = multipart.media_type(part.content_type)
        if kind.startswith("multipart/") and depth < DEEPEST:
            return self._parts(kind, part, depth + 1)
        if kind == filters.MEDIA_TYPE:
            return Brought(filters=(part.body,))
        if kind == recipients.MEDIA_TYPE and self._is_of_recipients(part.disposition):
            return Brought(lists=(part.body,))
        return Brought(unknown=(kind,))

    def _is_of_recipients(self, disposition: str) -> bool:
        wanted = recipients.is_recipient_list(disposition) or (self._expects_list and not disposition)
        return self._takes_lists and wanted

    def _parts(self, kind: str, whole: Part, depth: int) -> Brought:
        """What kind of multipart is not known is mixed (RFC 2046 section 5.1.3)."""
        parts = multipart.parse(whole.content_type, whole.body, self._left)
        self._left -= len(parts)
        if kind == "multipart/alternative":
            return _best([self._understood(part, depth) for part in parts])
        if kind == "multipart/related":
            parts = parts[:1]  # the others mean something to who reads the root only (RFC 2387)
        return _together(self.read(part, depth) for part in parts)


def _best(found: Sequence[Brought]) -> Brought:
    """The last alternative that is understood; if there is none, what is not (RFC 2046 section 5.1.4)."""
    return next((each for each in reversed(found) if not each.unknown), _together(found))


def _together(found: Iterable[Brought]) -> Brought:
    return Brought(*(sum(column, ()) for column in zip(*found, strict=True)))
