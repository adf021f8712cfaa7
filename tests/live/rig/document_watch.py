"""A subscription to xcap-diff as a phone sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree

from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall, Phone

NS = "{urn:ietf:params:xml:ns:xcap-diff}"


class Told(NamedTuple):
    """One NOTIFY. `documents`: (sel, previous-etag, new-etag) in order."""

    message: Message
    state: str
    root: etree._Element

    @property
    def documents(self) -> list[tuple[str | None, str | None, str | None]]:
        return [
            (each.get("sel"), each.get("previous-etag"), each.get("new-etag"))
            for each in self.root.iter(f"{NS}document")
        ]


def uri_list(uris: Sequence[str]) -> bytes:
    entries = "".join(f'<entry uri="{uri}"/>' for uri in uris)
    opening = '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">'
    return f"{opening}<list>{entries}</list></resource-lists>".encode()


class DocumentWatch(ListCall):
    """`uris` None: no body in the SUBSCRIBE."""

    def __init__(self, phone: Phone, uris: Sequence[str] | None = None, mode: str = "") -> None:
        event = "xcap-diff" + (f";diff-processing={mode}" if mode else "")
        super().__init__(phone, phone.user, event, "application/xcap-diff+xml")
        self.uris = uris

    def subscribe(
        self,
        expires: int | None = 3600,
        headers: Sequence[str] | None = None,
        *,
        media_type: str = "application/resource-lists+xml",
        body: bytes | None = None,
    ) -> Message:
        if body is None:
            body = b"" if self.uris is None else uri_list(self.uris)
        lines = [
            *(self.headers[:1] if headers is None else headers),
            *([f"Content-Type: {media_type}"] if body else []),
        ]
        return self.ask(self.request(expires, lines, body=body))

    def told(self, number: int) -> Told:
        """Waits for the NOTIFY with this CSeq; fails if there is a gap before it."""
        self.phone.inbox.wait(lambda message: self.is_notify(message) and message.cseq == number)
        assert [message.cseq for message in self.notifies][:number] == list(range(1, number + 1))
        message = self.notifies[number - 1]
        assert message["SIP-ETag"]
        if not message.body:
            assert not message.rows("Content-Type")
            return Told(message, message["Subscription-State"], etree.Element("nothing"))
        assert message["Content-Type"] == "application/xcap-diff+xml"
        return Told(message, message["Subscription-State"], etree.fromstring(message.body))
