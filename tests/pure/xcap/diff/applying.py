"""A client that applies patches: RFC 5261 by XPath, written without a look at how they are made."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

NS = "urn:ietf:params:xml:ns:xcap-diff"
Seen = tuple[object, ...]


def apply(document: bytes, operations: list[str]) -> etree._Element:
    """The root element after all operations."""
    wrapper = etree.fromstring(f'<document xmlns="{NS}">{"".join(operations)}</document>')
    tree = etree.fromstring(document).getroottree()
    for operation in wrapper:
        _apply(tree, operation)
    return tree.getroot()


def _apply(tree: etree._ElementTree[etree._Element], operation: etree._Element) -> None:
    bindings = {prefix: uri for prefix, uri in operation.nsmap.items() if prefix}
    found = tree.xpath("/" + operation.get("sel", ""), namespaces=bindings)
    assert isinstance(found, list) and len(found) == 1, operation.get("sel")
    {"add": _add, "replace": _replace, "remove": _remove}[etree.QName(operation).localname](
        tree, operation, found[0]
    )


def _add(tree: object, operation: etree._Element, target: etree._Element) -> None:
    if kind := operation.get("type"):
        name = kind.removeprefix("@")
        prefix, colon, local = name.rpartition(":")
        uri = "http://www.w3.org/XML/1998/namespace" if prefix == "xml" else operation.nsmap.get(prefix)
        target.set(f"{{{uri}}}{local}" if colon else name, operation.text or "")
        return
    nodes, lead = [deepcopy(node) for node in operation], operation.text or ""
    match operation.get("pos"):
        case "prepend":
            assert not nodes
            target.text = lead + (target.text or "")
        case "after":
            assert not nodes
            target.tail = lead + (target.tail or "")
        case "before":
            parent = target.getparent()
            assert parent is not None and not lead
            at = parent.index(target)
            parent[at:at] = nodes
        case None:
            assert not lead
            target.extend(nodes)


def _replace(tree: etree._ElementTree[etree._Element], operation: etree._Element, target: object) -> None:
    if isinstance(target, etree._Element):
        assert target.getparent() is None
        tree._setroot(deepcopy(operation[0]))
    else:
        _set(target, operation.text or "")


def _remove(tree: object, operation: etree._Element, target: object) -> None:
    if not isinstance(target, etree._Element):
        _set(target, None)
        return
    parent = target.getparent()
    assert parent is not None
    previous, tail = target.getprevious(), target.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    target.tail = None
    parent.remove(target)


def _set(text: object, value: str | None) -> None:
    parent = text.getparent()  # type: ignore[attr-defined]
    if text.is_attribute:  # type: ignore[attr-defined]
        name = text.attrname  # type: ignore[attr-defined]
        if value is None:
            del parent.attrib[name]
        else:
            parent.set(name, value)
    elif text.is_tail:  # type: ignore[attr-defined]
        parent.tail = value
    else:
        parent.text = value


def seen(node: etree._Element, outer: dict[str | None, str] | None = None) -> Seen:
    """All that an application can see of a node, its prefixes too."""
    content = tuple((seen(child), child.tail or "") for child in node)
    if not isinstance(node.tag, str):
        return node.tag, node.text
    return node.tag, node.prefix, tuple(sorted(node.attrib.items())), node.text or "", content
