"""A list NOTIFY taken apart by Python's email parser and lxml, and held against RFC 4662."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Part
from functools import cache
from pathlib import Path
from typing import cast

from lxml import etree

from tests.live.rig.message import Message

DATA = Path(__file__).resolve().parent.parent.parent / "data"
RLMI = "{urn:ietf:params:xml:ns:rlmi}"


@dataclass(frozen=True)
class Instance:
    """One <instance> with its part."""

    id: str
    state: str
    reason: str | None
    content_type: str
    body: bytes


@dataclass(frozen=True)
class ListNotify:
    """What a NOTIFY tells of a list."""

    message: Message
    uri: str
    version: int
    full: bool
    names: list[str]
    instances: dict[str, list[Instance]]
    """By resource URI, in document order."""

    @property
    def state(self) -> str:
        return self.message["Subscription-State"]

    @property
    def resources(self) -> list[str]:
        return list(self.instances)

    def instance(self, resource: str) -> Instance:
        """The only instance of a resource."""
        (instance,) = self.instances[resource]
        return instance

    def body_of(self, resource: str) -> bytes:
        return self.instance(resource).body


def parse(message: Message) -> ListNotify:
    """Raises AssertionError where the NOTIFY breaks RFC 4662."""
    assert message["Require"] == "eventlist"
    assert message.rows("Content-Type"), "no body"
    assert int(message["Content-Length"]) == len(message.body)
    outer = message_from_bytes(f"Content-Type: {message['Content-Type']}\r\n\r\n".encode() + message.body)
    assert outer.get_content_type() == "multipart/related"
    assert not outer.defects
    root, *others = cast(list[Part], outer.get_payload())
    assert root.get_content_type() == outer.get_param("type") == "application/rlmi+xml"
    assert root["Content-ID"] == outer.get_param("start")
    rlmi = read_rlmi(content(root))
    raw = _raw_parts(message.body, str(outer.get_boundary()))
    parts = {part["Content-ID"]: (part, body) for part, body in zip(others, raw[1:], strict=True)}
    return _list_notify(message, rlmi, parts)


def read_rlmi(document: bytes) -> etree._Element:
    """Its root. Raises DocumentInvalid where it breaks the schema (RFC 4662 section 5.1)."""
    rlmi = etree.fromstring(document)
    _schema().assertValid(rlmi)
    return rlmi


def _raw_parts(body: bytes, boundary: str) -> list[bytes]:
    """As they came: the email parser takes a list in the list apart."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]
    return [piece.partition(b"\r\n\r\n")[2] for piece in pieces]


Parts = dict[str, tuple[Part, bytes]]
"""Parts by Content-ID, and their bytes."""


def _list_notify(message: Message, rlmi: etree._Element, parts: Parts) -> ListNotify:
    instances = {
        resource.attrib["uri"]: [
            _instance(element, parts) for element in resource.iterchildren(f"{RLMI}instance")
        ]
        for resource in rlmi.iterchildren(f"{RLMI}resource")
    }
    assert len(instances) == len(list(rlmi.iterchildren(f"{RLMI}resource"))), "a resource twice"
    assert not parts, "parts that no instance names"
    return ListNotify(
        message,
        rlmi.attrib["uri"],
        int(rlmi.attrib["version"]),
        rlmi.attrib["fullState"] in ("true", "1"),
        [name.text or "" for name in rlmi.iterchildren(f"{RLMI}name")],
        instances,
    )


def _instance(element: etree._Element, parts: Parts) -> Instance:
    """Takes the part it names out of `parts`."""
    cid, state, reason = element.get("cid"), element.attrib["state"], element.get("reason")
    assert cid or state != "active", "active without a part"
    assert reason or state != "terminated", "terminated without a reason"
    if not cid:
        return Instance(element.attrib["id"], state, reason, "", b"")
    part, raw = parts.pop(f"<{cid}>")
    assert part.is_multipart() or content(part) == raw
    return Instance(element.attrib["id"], state, reason, part["Content-Type"], raw)


def content(part: Part) -> bytes:
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=DATA / "rlmi.xsd")
