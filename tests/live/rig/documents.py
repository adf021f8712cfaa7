"""List documents in the shapes that XCAP clients write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rls.domain.filters import NAMESPACE as FILTERS

NAMESPACES = 'xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists"'


def entries(uris: Iterable[str]) -> str:
    return "".join(f'<rl:entry uri="{uri}"/>' for uri in uris)


PACKAGES = ("presence", "dialog")


def service(uri: str, content: str, packages: Iterable[str] = PACKAGES) -> str:
    offered = "".join(f"<package>{package}</package>" for package in packages)
    return f'<service uri="{uri}">{content}<packages>{offered}</packages></service>'


def rls_services(*services: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rls-services {NAMESPACES}>{"".join(services)}</rls-services>'
    )


def simple(uri: str, members: Iterable[str], packages: Iterable[str] = PACKAGES) -> str:
    """One service with one inline list."""
    return rls_services(service(uri, f"<list>{entries(members)}</list>", packages))


def resource_lists(content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">{content}</resource-lists>'
    )


def filter_set(filters: Mapping[str, str]) -> bytes:
    """By id, whom each is for."""
    what = '<what><include type="xpath">/p:presence</include></what>'
    each = "".join(f'<filter id="{name}" {whom}>{what}</filter>' for name, whom in filters.items())
    return f'<filter-set xmlns="{FILTERS}">{each}</filter-set>'.encode()
