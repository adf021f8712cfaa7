"""Lists that a SUBSCRIBE brings along (RFC 5367, RFC 5363 section 4)."""

from collections.abc import Iterator, Sequence

from lxml import etree

from rls.domain import uri, xmlinput
from rls.domain.lists import Entry, FlatList, ListTooLong, entries_within

MEDIA_TYPE = "application/resource-lists+xml"
DISPOSITION = "recipient-list"


class NoRecipientList(ValueError):
    """No list of recipients that could be understood; says why."""


def is_recipient_list(disposition: str) -> bool:
    """Whether a Content-Disposition says so."""
    return disposition.partition(";")[0].strip().lower() == DISPOSITION


def flat_list(found: Sequence[bytes], limit: int) -> FlatList:
    """The union of all lists (RFC 5363 section 4.1), each resource once by the rules of SIP URIs.

    References are left out, never followed (RFC 5367 section 4). Raises NoRecipientList, ListTooLong.
    """
    entries: dict[str, Entry] = {}
    for document in found:
        for entry in _entries(document):
            entries.setdefault(uri.comparable_form(entry.request_uri), entry)
            if len(entries) > limit:
                raise ListTooLong(f"more than {limit} entries")
    return FlatList((), tuple(entries.values()))


def _entries(document: bytes) -> Iterator[Entry]:
    try:
        root = xmlinput.parse(document)
    except xmlinput.MalformedXml as error:
        raise NoRecipientList(str(error)) from error
    if etree.QName(root).localname != "resource-lists":
        raise NoRecipientList(f"the root element is {root.tag!r}")
    return entries_within(root)


def joined(found: Sequence[bytes]) -> bytes:
    """Several lists as one document, as it is kept. Raises NoRecipientList."""
    if len(found) == 1:
        return found[0]
    whole = etree.Element("resource-lists")
    for document in found:
        try:
            whole.extend(list(xmlinput.parse(document)))
        except xmlinput.MalformedXml as error:
            raise NoRecipientList(str(error)) from error
    return etree.tostring(whole)
