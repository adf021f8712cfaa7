"""Writing node selectors, percent-encoded: `<exists field="…">`, `<ancestor>` (RFC 4825 section 11.1)."""

from urllib.parse import quote

from lxml import etree


def pointer(element: etree._Element, attribute: str | None, default_namespace: str) -> str:
    """URI of an attribute, or of the element itself, relative to the document: names, positions, xmlns()
    for what needs a prefix."""
    prefixes: dict[str, str] = {}
    steps = [_step(ancestor, default_namespace, prefixes) for ancestor in _from_root(element)]
    path = "/".join([*steps, f"@{attribute}"] if attribute else steps)
    query = "".join(f"xmlns({prefix}={namespace})" for namespace, prefix in prefixes.items())
    return quote(path, safe="/:@*") + (f"?{quote(query, safe=':=()/')}" if query else "")


def _from_root(element: etree._Element) -> list[etree._Element]:
    return [*reversed(list(element.iterancestors())), element]


def _step(element: etree._Element, default_namespace: str, prefixes: dict[str, str]) -> str:
    name = etree.QName(element)
    local = name.localname
    if name.namespace and name.namespace != default_namespace:
        prefix = prefixes.setdefault(name.namespace, f"n{len(prefixes) + 1}")
        local = f"{prefix}:{local}"
    parent = element.getparent()
    if parent is None:
        return local
    return f"{local}[{1 + len(list(element.itersiblings(name, preceding=True)))}]"
