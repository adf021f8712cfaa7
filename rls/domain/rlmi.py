"""Resource list meta-information, application/rlmi+xml (RFC 4662 section 5)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar

from lxml import etree

from rls.domain import xmlinput

NAMESPACE = "urn:ietf:params:xml:ns:rlmi"
MEDIA_TYPE = "application/rlmi+xml"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RESOURCE_CLOSING = "</resource>\n"
LIST_CLOSING = "</list>\n"
MAX_VERSION = 2**32 - 1

_T = TypeVar("_T")
State = Literal["active", "pending", "terminated"]
_STATES: dict[str, State] = {"active": "active", "pending": "pending", "terminated": "terminated"}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
# The other control characters, surrogates and U+FFFE/U+FFFF have no place in XML at all.
_UNSAFE = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
_DIGITS = re.compile("[0-9]{1,10}")


class MalformedRlmi(ValueError):
    """Not an RLMI document as RFC 4662 section 5.1 has it."""


class Name(NamedTuple):
    """A human-readable name; `lang` is a language tag."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One virtual subscription; `cid` is a Content-ID without angle brackets."""

    id: str
    state: State
    reason: str | None = None
    cid: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    uri: str
    names: tuple[Name, ...] = ()
    instances: tuple[Instance, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceList:
    uri: str
    version: int
    full_state: bool
    names: tuple[Name, ...] = ()
    resources: tuple[Resource, ...] = ()


def render(resource_list: ResourceList) -> bytes:
    """The document in UTF-8."""
    of = resource_list
    pieces = [list_opening(of.uri, of.version, of.full_state, of.names)]
    for resource in of.resources:
        pieces.append(resource_opening(resource.uri, resource.names))
        for one in resource.instances:
            pieces.append(instance_element(one.id, one.state, one.reason, one.cid and _escape(one.cid)))
        pieces.append(RESOURCE_CLOSING)
    pieces.append(LIST_CLOSING)
    return "".join(pieces).encode()


def list_opening(uri: str, version: int, full_state: bool, names: tuple[Name, ...]) -> str:
    """All up to the first resource."""
    start, name_elements = _list_frame(uri, names)
    return f'{start} version="{version}" fullState="{"true" if full_state else "false"}">\n{name_elements}'


@lru_cache(maxsize=1024)
def _list_frame(uri: str, names: tuple[Name, ...]) -> tuple[str, str]:
    """What stays the same in every document of a list."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<list xmlns="{NAMESPACE}" uri="{_escape(uri)}"'
    return start, _name_elements(names)


def resource_opening(uri: str, names: Iterable[Name]) -> str:
    """All of a resource up to its first instance; it stays the same as long as the list does."""
    return f'<resource uri="{_escape(uri)}">{_name_elements(names)}'


def instance_element(id: str, state: State, reason: str | None, cid: str | None) -> str:
    """`cid` is taken as it is: the Content-IDs we make need no escaping."""
    reason_attribute = f' reason="{_escape(reason)}"' if reason else ""
    cid_attribute = f' cid="{cid}"' if cid else ""
    return f'<instance id="{_escape(id)}" state="{state}"{reason_attribute}{cid_attribute}/>'


def parse(document: bytes) -> ResourceList:
    """Extension attributes and elements are ignored. Raises MalformedRlmi."""
    try:
        root = xmlinput.parse(document)
    except xmlinput.MalformedXml as error:
        raise MalformedRlmi(str(error)) from error
    if root.tag != _tag("list"):
        raise MalformedRlmi(f"the root element is {root.tag!r}")
    return ResourceList(
        uri=_required(root, "uri"),
        version=_version(_required(root, "version")),
        full_state=_one_of(_BOOLEANS, _required(root, "fullState")),
        names=_names(root),
        resources=tuple(map(_resource, root.iterchildren(_tag("resource")))),
    )


def _escape(text: str) -> str:
    if text.isalnum() or _UNSAFE.search(text) is None:  # isalnum for speed: instance ids mostly are
        return text
    return _UNSAFE.sub(lambda found: _ESCAPES.get(found[0], "\ufffd"), text)


def _name_elements(names: Iterable[Name]) -> str:
    return "".join([_name_element(name) for name in names])


def _name_element(name: Name) -> str:
    lang = f' xml:lang="{_escape(name.lang)}"' if name.lang else ""
    return f"<name{lang}>{_escape(name.text)}</name>"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _required(element: etree._Element, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise MalformedRlmi(f"{etree.QName(element).localname} without {attribute}")
    return value


def _one_of(values: dict[str, _T], text: str) -> _T:
    try:
        return values[text.strip()]
    except KeyError as error:
        raise MalformedRlmi(f"{text[:80]!r} is none of {', '.join(values)}") from error


def _version(text: str) -> int:
    digits = text.strip()
    if not _DIGITS.fullmatch(digits) or (version := int(digits)) > MAX_VERSION:
        raise MalformedRlmi(f"no version: {text[:80]!r}")
    return version


def _names(element: etree._Element) -> tuple[Name, ...]:
    return tuple(
        Name(name.text or "", name.get(XML_LANG) or None) for name in element.iterchildren(_tag("name"))
    )


def _resource(element: etree._Element) -> Resource:
    instances = tuple(map(_instance, element.iterchildren(_tag("instance"))))
    return Resource(_required(element, "uri"), _names(element), instances)


def _instance(element: etree._Element) -> Instance:
    state = _one_of(_STATES, _required(element, "state"))
    return Instance(
        _required(element, "id"), state, element.get("reason") or None, element.get("cid") or None
    )
