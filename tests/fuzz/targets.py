"""What is fuzzed: each target takes any bytes and lets through only what its parser says it raises."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from lxml import etree

from rls.domain import brought, codings, digest, filters, lists, multipart, rlmi, summary, xmlinput
from rls.domain import recipients as recipient_lists
from rls.domain.deltas import Tracker
from rls.domain.deltas.merging import CannotMerge, merged
from rls.domain.uri import InvalidUri, SipUri, request_uri_of
from sipworker.sip import grammar, headers
from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Flow
from sipworker.sip.framing import FramingError, StreamFramer
from sipworker.sip.message import MalformedMessage, parse, response
from sipworker.sip.notifications import Notification, SIPIncomingSubscriptionGotSubscribe
from sipworker.sip.timers import TimerWheel
from sipworker.watchlist import bodies
from tests.fuzz.websocket import websocket
from xcap.components import edit
from xcap.components.resource import Resource
from xcap.diff import watched
from xcap.errors import Conflict
from xcap.selectors import NoMatch
from xcap.selectors.bindings import parse_bindings
from xcap.selectors.document import InvalidSelector, parse_target
from xcap.selectors.node import parse_node_selector

LISTS = "urn:ietf:params:xml:ns:resource-lists"
DOCUMENT = (
    f'<resource-lists xmlns="{LISTS}" xmlns:x="urn:x"><list name="a"><entry uri="sip:a@b"/>'
    "<x:y z='1'>text</x:y></list><!-- c --><list name='b'/></resource-lists>"
).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def sip_message(data: bytes) -> None:
    for stream in (False, True):
        try:
            message = parse(data, stream=stream)
        except MalformedMessage as fault:
            assert 400 <= fault.status < 600
            if fault.request is not None:
                assert response(fault.request, fault.status, to_tag="t").startswith(b"SIP/2.0 ")
        else:
            assert parse(message.to_bytes(), stream=True).call_id == message.call_id


def sip_agent(data: bytes) -> None:
    """A whole user agent that refuses subscriptions: no message makes it raise, or send more than came."""
    sent: list[int] = []

    def observe(notification: Notification, now: float) -> None:
        if isinstance(notification, SIPIncomingSubscriptionGotSubscribe):
            notification.sender.reject(404, now)

    agent = UserAgent(
        wheel=TimerWheel(0.0),
        transmit=lambda flow, data: sent.append(len(data)),
        locate=lambda uri, done, now: done((), now),
        observer=observe,
        events=("presence",),
        extensions=("eventlist",),
    )
    flow = Flow("udp", ("192.0.2.1", 5060), ("192.0.2.2", 5060))
    for number, message in enumerate(data.split(b"\0\0")):
        before = sum(sent)
        agent.receive(message, flow, float(number))
        assert sum(sent) - before <= len(message)
    agent.wheel.advance(100.0)


def sip_headers(data: bytes) -> None:
    text = _text(data)
    for read in (
        headers.NameAddr.parse, headers.Via.parse, headers.CSeq.parse, headers.SubscriptionState.parse,
        headers.parse_event, grammar.split_commas, grammar.parse_params,
        lambda text: headers.accepts([text], "application/pidf+xml"),
    ):  # fmt: skip
        with suppress(MalformedMessage):
            read(text)
    digest.parse_credentials(text)
    digest.Challenge.parse(text)
    grammar.leading_seconds(text)
    grammar.delta_seconds(text)


def sip_uri(data: bytes) -> None:
    text = _text(data)
    with suppress(InvalidUri):
        uri = SipUri.parse(text)
        assert SipUri.parse(str(uri)) == uri
        assert uri.equivalent(uri)
    wanted = request_uri_of(text)
    if wanted is not None:
        assert not {"\r", "\n", " ", ">"} & set(wanted)
        assert not SipUri.parse(wanted).headers, "headers reach a request"


def framing(data: bytes) -> None:
    """However a stream is cut into pieces, the same messages come out."""
    assert _frames(data, len(data)) == _frames(data, 1 + len(data) % 7)


def _frames(data: bytes, size: int) -> list[object]:
    framer, found = StreamFramer(limit=10_000), list[object]()
    try:
        for start in range(0, len(data), max(size, 1)):
            for frame in framer.feed(data[start : start + size]):
                found.append(frame)
    except FramingError as error:
        found.append(type(error))
    return found


def multipart_body(data: bytes) -> None:
    kind, _, body = data.partition(b"\n")
    with suppress(multipart.MalformedMultipart):
        multipart.parse(_text(kind), body)
    with suppress(bodies.UnreadableBody):
        bodies.read(_text(kind), body)
    Tracker().take(_text(kind), body, b"")
    summary.summarize(_text(kind), body)


def coded_body(data: bytes) -> None:
    """No coding, nor a row of them, makes more of a body than is allowed."""
    for names in (["deflate"], ["gzip"], ["gzip", "deflate"]):
        with suppress(codings.TooLarge, codings.Undecodable):
            assert len(codings.decode(names, data, 1000)) <= 1000


def filter_document(data: bytes) -> None:
    """Filters and what changes them: what goes to back ends and comes back from the table is well-formed."""
    with suppress(filters.InvalidFilter):
        first, second = (filters.FilterSet.read(part, "presence") for part in (data + b"\0").split(b"\0")[:2])
        both = first.after(second)
        for document in (
            both.document(),
            both.for_resource("sip:a@b", "sip:l@b", ()),
            both.for_resource("sip:x@c", "sip:l@b", ("sip:a@b",)),
        ):
            if document:
                xmlinput.parse(document.encode())
        if both:
            assert filters.FilterSet.read(both.document().encode(), "presence").document() == both.document()


def recipients(data: bytes) -> None:
    """Lists that come along stay the same when they are kept as one document."""
    disposition, _, rest = data.partition(b"\n")
    kind, _, body = rest.partition(b"\n")
    with suppress(multipart.MalformedMultipart, recipient_lists.NoRecipientList, lists.ListTooLong):
        found = brought.read(
            _text(kind), _text(disposition), body, takes_lists=True, expects_list=False
        ).lists
        whole = recipient_lists.flat_list(found, 100)
        if found:
            assert recipient_lists.flat_list([recipient_lists.joined(found)], 100) == whole


def delta_documents(data: bytes) -> None:
    """A document and a piece of the next: one that is well-formed comes out, or a refusal."""
    base, _, piece = data.partition(b"\0")
    with suppress(CannotMerge):
        xmlinput.parse(merged(base, piece, 2))


def rlmi_document(data: bytes) -> None:
    with suppress(rlmi.MalformedRlmi):
        read = rlmi.parse(data)
        assert rlmi.parse(rlmi.render(read)) == read


def xml_document(data: bytes) -> None:
    with suppress(xmlinput.MalformedXml):
        xmlinput.parse(data)
    with suppress(watched.NoUriList):
        watched.parse_uris(data)
    with suppress(lists.MalformedDocument, lists.UnresolvableReference, lists.ListTooLong):
        for service in lists.parse_services(data):
            lists.flatten(service, _nothing_there, lists.Limits())


def _nothing_there(reference: str) -> etree._Element:
    raise lists.UnresolvableReference(reference)


def xcap_selector(data: bytes) -> None:
    with suppress(InvalidSelector):
        target = parse_target(_text(data), default_domain="example.test")
        assert ".." not in target.document.path.split("/")
        if target.node is not None:
            parse_node_selector(target.node, default_namespace=LISTS, bindings=parse_bindings(target.query))


def xcap_edit(data: bytes) -> None:
    """A PUT and a DELETE of any node selector: a document comes out that is well-formed, or a refusal."""
    selector, _, body = data.partition(b"\n")
    with suppress(InvalidSelector, Conflict, NoMatch):
        target = parse_target(
            "/xcap-root/resource-lists/users/sip:a@b/index/~~/" + _text(selector), default_domain="b"
        )
        if target.node is None:
            return
        node = parse_node_selector(
            target.node, default_namespace=LISTS, bindings=parse_bindings(target.query)
        )
        if node.namespaces:
            return
        resource = Resource(target.document, node, LISTS)
        with suppress(Conflict, NoMatch):
            xmlinput.parse(edit.put(resource, DOCUMENT, body).body)
        xmlinput.parse(edit.delete(resource, DOCUMENT).body)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        sip_message, sip_agent, sip_headers, sip_uri, framing, websocket, multipart_body, coded_body,
        filter_document, recipients, delta_documents, rlmi_document, xml_document, xcap_selector, xcap_edit,
    )
}  # fmt: skip
