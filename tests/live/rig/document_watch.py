"""A subscription to xcap-diff as a phone sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree

from tests.live.rig.message import Message, text
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
        self.cseq += 1
        if body is None:
            body = b"" if self.uris is None else uri_list(self.uris)
        lines = [
            f"SUBSCRIBE {self.target} SIP/2.0",
            self.phone.via(),
            "Max-Forwards: 70",
            f"From: <{self.phone.user}>;tag={self.tag}",
            f"To: <{self.list_uri}>" + (f";tag={self.to_tag}" if self.to_tag else ""),
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} SUBSCRIBE",
            f"Contact: <{self.contact}>",
            f"Event: {self.event}",
            *([] if expires is None else [f"Expires: {expires}"]),
            *(self.headers[:1] if headers is None else headers),
            *([f"Content-Type: {media_type}"] if body else []),
        ]
        response = self.phone.ask(text(*lines, body=body))
        if response.status == 200 and not self.to_tag:
            self.to_tag, self.target = response.tag("To"), response.uri("Contact")
        return response

    def told(self, number: int, limit: float = 5.0) -> Told:
        """Waits for the NOTIFY with this CSeq; fails if there is a gap before it."""
        self.phone.inbox.wait(lambda message: self.is_notify(message) and message.cseq == number, limit=limit)
        assert [message.cseq for message in self.notifies][:number] == list(range(1, number + 1))
        message = self.notifies[number - 1]
        assert message["Content-Type"] == "application/xcap-diff+xml"
        return Told(message, message["Subscription-State"], etree.fromstring(message.body))
