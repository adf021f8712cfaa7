"""From one state of a document to the next: patch operations (RFC 5261, as RFC 5874 section 3 uses them).

Steps of selectors are positions (`*/*[2]/*[1]`): they need no namespaces and never match twice.
A tree is changed from its end to its beginning, so that the positions of what is still to come
are those of the old tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from lxml import etree

from rls.domain import xmlinput
from xcap.diff.markup import element, escape, node_text
from xcap.namespaces import XML_NS

LARGEST = 500_000
"""Octets of a document beyond which nobody compares: its change is told without a patch."""
_IDENTIFYING = ("name", "uri", "id", "ref", "anchor")
"""Attributes by which elements of application usages are told apart."""


def operations(old: bytes, new: bytes) -> list[str] | None:
    """Markup of the operations that make `new` of `old`, one after the other; none if they say the same.

    None: no patch is made, for documents too large or not well-formed. Comments and processing
    instructions outside of the root element do not count.
    """
    if max(len(old), len(new)) > LARGEST:
        return None
    try:
        before, after = (xmlinput.parse(document, whole=True) for document in (old, new))
    except xmlinput.MalformedXml:
        return None
    if not _comparable(before, after):
        return [_replace("*", node_text(after, with_tail=False))]
    return list(_within(before, after, "*"))


def _comparable(old: etree._Element, new: etree._Element) -> bool:
    """Whether the one can become the other without being replaced as a whole."""
    return (
        isinstance(old.tag, str)
        and (old.tag, old.prefix) == (new.tag, new.prefix)
        and dict(old.nsmap) == dict(new.nsmap)
    )


def _within(old: etree._Element, new: etree._Element, path: str) -> Iterator[str]:
    yield from _attributes(old, new, path)
    before, after = list(old), list(new)
    matcher = SequenceMatcher(None, [*map(_label, before)], [*map(_label, after)], autojunk=False)
    for kind, first, last, new_first, new_last in reversed(matcher.get_opcodes()):
        if kind == "equal":
            pairs = zip(range(first, last), after[new_first:new_last], strict=True)
            for position, counterpart in reversed(list(pairs)):
                yield from _matched(before, position, counterpart, path, old)
            continue
        for position in reversed(range(first, last)):
            yield from _removed(before, position, path, old)
        if new_first < new_last:
            yield _inserted(before, first, last, after[new_first:new_last], path)
    yield from _lead(old.text or "", new.text or "", path)


def _label(node: etree._Element) -> tuple[object, ...]:
    """What two nodes have in common if the one has become the other."""
    if not isinstance(node.tag, str):
        return node.tag, etree.tostring(node, with_tail=False)
    own = node.nsmap
    return node.tag, node.prefix, tuple(sorted(own.items(), key=str)), *map(node.get, _IDENTIFYING)


def _matched(
    siblings: Sequence[etree._Element], position: int, new: etree._Element, path: str, parent: etree._Element
) -> Iterator[str]:
    old = siblings[position]
    here = f"{path}/{_step(siblings, position)}"
    before, after = old.tail or "", new.tail or ""
    if before and before != after:
        yield _text(_text_path(siblings, position, path, parent), after)
    elif before != after:
        yield element("add", (("sel", here), ("pos", "after")), escape(after))
    if isinstance(old.tag, str):
        yield from _within(old, new, here)


def _removed(
    siblings: Sequence[etree._Element], position: int, path: str, parent: etree._Element
) -> Iterator[str]:
    """The text behind goes first: without the node it would become one with the text before."""
    if siblings[position].tail:
        yield _text(_text_path(siblings, position, path, parent), "")
    yield element("remove", (("sel", f"{path}/{_step(siblings, position)}"),))


def _inserted(
    siblings: Sequence[etree._Element], first: int, last: int, new: Sequence[etree._Element], path: str
) -> str:
    """Before the node that follows, which is there in both trees, else at the end."""
    content = "".join(node_text(node, with_tail=True) for node in new)
    if last == len(siblings):
        return element("add", (("sel", path),), content)
    step = _step([*siblings[:first], siblings[last]], first)
    return element("add", (("sel", f"{path}/{step}"), ("pos", "before")), content)


def _lead(old: str, new: str, path: str) -> Iterator[str]:
    """The text before the first child."""
    if old and old != new:
        yield _text(f"{path}/text()[1]", new)
    elif old != new:
        yield element("add", (("sel", path), ("pos", "prepend")), escape(new))


def _text(path: str, new: str) -> str:
    return _replace(path, escape(new)) if new else element("remove", (("sel", path),))


def _replace(path: str, content: str) -> str:
    return element("replace", (("sel", path),), content)


def _step(siblings: Sequence[etree._Element], position: int) -> str:
    """The last step of the path to a node: its place among the nodes of its kind."""
    kind = _kind(siblings[position])
    return f"{kind}[{sum(_kind(node) == kind for node in siblings[: position + 1])}]"


def _kind(node: etree._Element) -> str:
    if isinstance(node, etree._Comment):
        return "comment()"
    return "processing-instruction()" if isinstance(node, etree._ProcessingInstruction) else "*"


def _text_path(siblings: Sequence[etree._Element], position: int, path: str, parent: etree._Element) -> str:
    """The text that follows a node, among the texts of its parent."""
    before = bool(parent.text) + sum(bool(node.tail) for node in siblings[:position])
    return f"{path}/text()[{before + 1}]"


def _attributes(old: etree._Element, new: etree._Element, path: str) -> Iterator[str]:
    for name in sorted({*map(str, old.attrib), *map(str, new.attrib)}):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        qname, declaration = _attribute_name(name)
        if before is None:
            yield element("add", (("sel", path), ("type", f"@{qname}"), *declaration), escape(after or ""))
        elif after is None:
            yield element("remove", (("sel", f"{path}/@{qname}"), *declaration))
        else:
            yield element("replace", (("sel", f"{path}/@{qname}"), *declaration), escape(after))


def _attribute_name(name: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """How the operation spells it, and the declaration of its prefix that the operation carries."""
    parts = etree.QName(name)
    if not parts.namespace:
        return parts.localname, ()
    if parts.namespace == XML_NS:
        return f"xml:{parts.localname}", ()
    return f"n:{parts.localname}", (("xmlns:n", parts.namespace),)
