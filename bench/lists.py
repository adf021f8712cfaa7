"""The lists that rlsload asks for: watcher w<n> has the list w<n>-list of the resources r<n*M> and on."""

from __future__ import annotations

from collections.abc import Iterator

DOMAIN = "example.test"
RLS_SERVICES = 8
"""doc_type of rls-services in the table `xcap`."""


def document(number: int, entries: int) -> str:
    """The rls-services document of watcher `number`."""
    resources = range(number * entries, (number + 1) * entries)
    entry = "".join(f'<rl:entry uri="sip:r{resource}@{DOMAIN}"/>' for resource in resources)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"'
        ' xmlns:rl="urn:ietf:params:xml:ns:resource-lists">'
        f'<service uri="{service_uri(number)}"><list name="l">{entry}</list>'
        "<packages><package>presence</package></packages></service></rls-services>"
    )


def kamailio_document(number: int, entries: int) -> str:
    """The same without the prefix, which Kamailio's rls does not understand."""
    return document(number, entries).replace("rl:entry", "entry")


def service_uri(number: int) -> str:
    return f"sip:w{number}-list@{DOMAIN}"


def watchers(count: int) -> Iterator[tuple[int, str]]:
    """Numbers and user names."""
    return ((number, f"w{number}") for number in range(count))


RESOURCE_LISTS_TYPE = "application/resource-lists+xml"


def resource_lists(entries: int, title: str) -> str:
    """A resource-lists document with the list `friends`; `title` is its display name."""
    entry = "".join(
        f'<entry uri="sip:r{number}@{DOMAIN}"><display-name>Contact {number}</display-name></entry>\n'
        for number in range(entries)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">\n'
        f'<list name="friends"><display-name>{title}</display-name>\n{entry}</list></resource-lists>\n'
    )
