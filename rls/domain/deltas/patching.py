"""Applying patches to a document (RFC 5261, as RFC 5262 uses it for presence)."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

Element = etree._Element

LONGEST_SELECTOR = 500
# Location steps with names, wildcards, positions and attribute or id() conditions: RFC 5261 section 4.1.
_NAME = r"(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*"
_CONDITION = rf"\[(?:\d+|(?:@?{_NAME}|\.)=(?:\"[^\"]*\"|'[^']*'))\]"
_STEP = rf"(?:\*|{_NAME})(?:{_CONDITION})*"
_SELECTOR = re.compile(
    rf"/?{_STEP}(?:/{_STEP})*(?:/(?:@{_NAME}|text\(\)(?:\[\d+\])?|namespace::{_NAME}))?|/?@{_NAME}"
).fullmatch
_ATTRIBUTE = re.compile(rf"@{_NAME}").fullmatch
_PLAIN_STEP = re.compile(rf"(^|/|\[)({_NAME}(?=[\[/\]=]|$))")

_FIRST_STEP = re.compile(r"^(?:[\w.-]+:)?(?:presence|pidf-full|\*)(?:/|$)")


class CannotPatch(ValueError):
    """A selector that finds nothing or several things, or an operation that we do not know."""


def apply(whole: Element, changes: Element) -> None:
    """The operations one by one, each on what those before it left. Raises CannotPatch."""
    for operation in changes.iterchildren(etree.Element):
        act = _OPERATIONS.get(etree.QName(operation).localname)
        if act is None:
            raise CannotPatch(f"operation {operation.tag!r}")
        act(whole, operation)


def _find(whole: Element, operation: Element) -> tuple[Element, str]:
    """The element that is meant, and "@name" or "text()" if a part of it is."""
    selector = operation.get("sel", "").strip()
    if len(selector) > LONGEST_SELECTOR or not _SELECTOR(selector):
        raise CannotPatch(f"selector {selector[:80]!r}")
    path, _, last = selector.rpartition("/")
    if not last.startswith(("@", "text()")):
        path, last = selector, ""
    found = _select(whole, operation, path.lstrip("/") if path else "") if path else [whole]
    if len(found) != 1:
        raise CannotPatch(f"{len(found)} places for {selector[:80]!r}")
    return found[0], last


def _select(whole: Element, operation: Element, path: str) -> list[Element]:
    """Names without a prefix are those of the default namespace of the patch (RFC 5261 section 4.2.2)."""
    prefixes = {prefix: uri for prefix, uri in operation.nsmap.items() if prefix}
    if default := operation.nsmap.get(None):
        prefixes["default-"] = default
        path = _PLAIN_STEP.sub(lambda step: step[1] + _qualified(step[2]), path)
    # pidf-full stands for the presence document that the selector is about (RFC 5262 section 3.2).
    rest = _FIRST_STEP.sub("", path)
    try:
        found = whole.xpath(rest, namespaces=prefixes) if rest else [whole]
    except etree.XPathError as error:
        raise CannotPatch(str(error)) from error
    return [each for each in found if isinstance(each, Element)]


def _qualified(name: str) -> str:
    return name if ":" in name else f"default-:{name}"


def _add(whole: Element, operation: Element) -> None:
    target, _ = _find(whole, operation)
    kind, position = operation.get("type", ""), operation.get("pos", "")
    if kind.startswith("@"):
        target.set(_attribute(kind, operation), operation.text or "")
        return
    if kind:
        raise CannotPatch(f"type {kind[:80]!r}")
    added = [deepcopy(each) for each in operation]
    if not added:
        raise CannotPatch("text is replaced, not added")
    if position in ("before", "after"):
        _beside(target, added, before=position == "before")
    elif position == "prepend":
        target[:0] = added
    else:
        target.extend(added)


def _beside(target: Element, added: list[Element], *, before: bool) -> None:
    parent = target.getparent()
    if parent is None:
        raise CannotPatch("beside the root")
    at = parent.index(target) + (not before)
    parent[at:at] = added


def _replace(whole: Element, operation: Element) -> None:
    target, part = _find(whole, operation)
    if part.startswith("@"):
        target.set(_attribute(part, operation), operation.text or "")
    elif part:
        target.text = operation.text
    else:
        parent, new = target.getparent(), list(operation)
        if parent is None or len(new) != 1:
            raise CannotPatch("an element takes the place of one")
        replacement = deepcopy(new[0])
        replacement.tail = target.tail
        parent.replace(target, replacement)


def _remove(whole: Element, operation: Element) -> None:
    target, part = _find(whole, operation)
    if part.startswith("@"):
        target.attrib.pop(_attribute(part, operation), None)
    elif part:
        target.text = None
    elif (parent := target.getparent()) is None:
        raise CannotPatch("the root stays")
    else:
        parent.remove(target)


def _attribute(name: str, operation: Element) -> str:
    if not _ATTRIBUTE(name):
        raise CannotPatch(f"attribute {name[:80]!r}")
    prefix, colon, local = name.removeprefix("@").rpartition(":")
    if not colon:
        return local
    if prefix not in operation.nsmap:
        raise CannotPatch(f"prefix {prefix[:80]!r}")
    return f"{{{operation.nsmap[prefix]}}}{local}"


_OPERATIONS = {"add": _add, "replace": _replace, "remove": _remove}
