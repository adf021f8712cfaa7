"""A complete document and a piece that changes it make the next complete document.

By element and key: dialogs by id (RFC 4235 section 4.3), watcher lists by resource and package, watchers
by id (RFC 3858 section 4), registrations and contacts by id (RFC 3680 section 5), conferences by the
keys and the states of their elements (RFC 4575 section 4.6), presence by patches (RFC 5262).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from rls.domain import xmlinput
from rls.domain.deltas import patching

Element = etree._Element


class CannotMerge(ValueError):
    """The piece does not fit: the complete document has to be asked for."""


def merged(base: bytes, piece: bytes, version: int) -> bytes:
    """`base` with the changes of `piece`, as a complete document with this version. Raises CannotMerge."""
    try:
        whole, changes = xmlinput.parse(base), xmlinput.parse(piece)
        merge = _MERGERS.get(_name(changes))
        if merge is None or (_name(whole), _name(changes)) not in _PAIRS:
            raise CannotMerge(f"{_name(changes)} into {_name(whole)}")
        merge(whole, changes)
    except (xmlinput.MalformedXml, patching.CannotPatch) as error:
        raise CannotMerge(str(error)) from error
    whole.set("version", str(version))
    return etree.tostring(whole, xml_declaration=True, encoding="UTF-8")


def _keyed(keys: dict[str, tuple[str, ...]]) -> Callable[[Element, Element], None]:
    """Elements of the piece take the place of those with the same key; lists of them are merged in turn."""

    def merge(whole: Element, changes: Element) -> None:
        for child in changes.iterchildren(etree.Element):
            known = _same(whole, child, keys.get(_name(child), ()))
            if known is None:
                whole.append(deepcopy(child))
            elif any(_name(below) in keys for below in (*known, *child)):
                known.attrib.update(dict(child.attrib))
                merge(known, child)
            else:
                whole.replace(known, deepcopy(child))

    return merge


def _without_ended(
    merge: Callable[[Element, Element], None], ended: str
) -> Callable[[Element, Element], None]:
    """What had ended has been told by now; what ends with this piece is still named."""
    over = etree.XPath(ended)

    def forget_then_merge(whole: Element, changes: Element) -> None:
        for element in over(whole):
            element.getparent().remove(element)
        merge(whole, changes)

    return forget_then_merge


_CONFERENCE_KEYS = {
    "user": ("entity",),
    "endpoint": ("entity",),
    "media": ("id",),
    "entry": ("entity", "uri"),
}


def _conference(whole: Element, changes: Element) -> None:
    """RFC 4575 section 4.6: `state` says of each element whether it is whole, changed or gone."""
    for child in changes.iterchildren(etree.Element):
        known = _same(whole, child, _CONFERENCE_KEYS.get(_name(child), ()))
        state = child.get("state", "full")
        if state == "partial" and known is not None:
            known.attrib.update({name: value for name, value in child.attrib.items() if name != "state"})
            _conference(known, child)
        elif state == "deleted":
            if known is not None:
                whole.remove(known)
        elif known is None:
            added = deepcopy(child)
            added.attrib.pop("state", None)
            whole.append(added)
        else:
            whole.replace(known, deepcopy(child))


def _same(whole: Element, child: Element, key: tuple[str, ...]) -> Element | None:
    wanted = [_value(child, name) for name in key]
    candidates = whole.iterchildren(str(child.tag))
    return next((each for each in candidates if [_value(each, name) for name in key] == wanted), None)


def _value(element: Element, name: str) -> str | None:
    """Of an attribute, or of a child element of that name."""
    return element.get(name) or element.findtext(f"{{*}}{name}")


def _name(element: Element) -> str:
    return etree.QName(element).localname


_MERGERS: dict[str, Callable[[Element, Element], None]] = {
    "dialog-info": _without_ended(
        _keyed({"dialog": ("id",)}), "*[local-name() = 'dialog'][*[local-name() = 'state'] = 'terminated']"
    ),
    "watcherinfo": _without_ended(
        _keyed({"watcher-list": ("resource", "package"), "watcher": ("id",)}),
        "*/*[local-name() = 'watcher'][@status = 'terminated']",
    ),
    "reginfo": _without_ended(
        _keyed({"registration": ("id",), "contact": ("id",)}),
        "*[@state = 'terminated'] | */*[local-name() = 'contact'][@state = 'terminated']",
    ),
    "conference-info": _conference,
    "pidf-diff": patching.apply,
}
_PAIRS = {(name, name) for name in _MERGERS if name != "pidf-diff"} | {("pidf-full", "pidf-diff")}
