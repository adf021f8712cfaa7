"""Short ways to write lists for the tests of flattening."""

from lxml import etree

from rls.domain import xmlinput
from rls.domain.lists import FlatList, Limits, UnresolvableReference, flatten, parse_services

NAMESPACES = (
    'xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists" '
    'xmlns:x="urn:example:extension"'
)


class Store:
    """Elements by reference; remembers what was asked for."""

    def __init__(self, **elements: str) -> None:
        self._elements = elements
        self.asked: list[str] = []

    def __call__(self, reference: str) -> etree._Element:
        self.asked.append(reference)
        if reference not in self._elements:
            raise UnresolvableReference(reference)
        return xmlinput.parse(self._elements[reference].encode())


def flat(content: str, store: Store | None = None, limits: Limits | None = None) -> FlatList:
    """The flat list of a service with this content."""
    document = f'<rls-services {NAMESPACES}><service uri="sip:team@x">{content}</service></rls-services>'
    (service,) = parse_services(document.encode())
    return flatten(service, store or Store(), limits)


def uris(content: str, store: Store | None = None, limits: Limits | None = None) -> list[str]:
    return [entry.uri for entry in flat(content, store, limits).entries]
