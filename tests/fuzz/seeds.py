"""Good input of each target, for the fuzzer to start from."""

from __future__ import annotations

import zlib

from rls.domain import recipients as recipient_lists
from tests.pure.sip.samples import raw
from tests.pure.websocket_ends import UPGRADE

MESSAGE = raw(extra=["Contact: <sip:a@192.0.2.4>", "Supported: eventlist"], body=b"")
NOTIFY = MESSAGE.replace(b"SUBSCRIBE", b"NOTIFY")
RLMI = (
    b'<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:l@b" version="1" fullState="true">'
    b'<name xml:lang="en">Friends</name><resource uri="sip:a@b"><instance id="1" state="active" cid="c@d"/>'
    b"</resource></list>"
)
LISTS = (
    b'<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"'
    b' xmlns:rl="urn:ietf:params:xml:ns:resource-lists">'
    b'<service uri="sip:l@b"><list><rl:entry uri="sip:a@b"><rl:display-name>A</rl:display-name></rl:entry>'
    b'<rl:list name="x"><rl:entry-ref ref="resource-lists/users/sip:a@b/index/~~/resource-lists/list"/>'
    b"</rl:list>"
    b"</list><packages><package>presence</package></packages></service></rls-services>"
)
RELATED = (
    b'multipart/related;type="application/rlmi+xml";boundary="b";start="<r@x>"\n'
    b"--b\r\nContent-ID: <r@x>\r\nContent-Type: application/rlmi+xml\r\n\r\n" + RLMI + b"\r\n--b\r\n"
    b"Content-ID: <c@d>\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/pidf+xml\r\n\r\n"
    b"PGEvPg==\r\n--b--\r\n"
)
DIALOGS = (
    b'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:a@b">'
    b'<dialog id="1"><state>early</state></dialog></dialog-info>'
)
PRESENCE = (
    b'<p:pidf-full xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"'
    b' entity="pres:a@b" version="1"><tuple id="t"><status><basic>open</basic></status></tuple></p:pidf-full>'
)
PATCHES = (
    b'<p:pidf-diff xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff"'
    b' entity="pres:a@b" version="2"><p:replace sel="*/tuple[1]/status/basic/text()">closed</p:replace>'
    b'<p:add sel="*/tuple[1]"><note>x</note></p:add><p:remove sel="*/tuple[1]/note"/></p:pidf-diff>'
)
TEXT, BEGIN, END, PING = (kind + b"\x84mask\0\1\2\3" for kind in (b"\x81", b"\x02", b"\x80", b"\x89"))
CLOSING = b"\x88\x80mask"
FILTERS = (
    b'<filter-set xmlns="urn:ietf:params:xml:ns:simple-filter" package="presence"><ns-bindings>'
    b'<ns-binding prefix="p" urn="urn:ietf:params:xml:ns:pidf"/></ns-bindings><filter id="1" uri="sip:a@b">'
    b'<what><include>//p:tuple</include></what></filter><filter id="2" domain="c"><trigger>'
    b'<changed>/x</changed></trigger></filter><filter id="3" remove="true"/></filter-set>'
)
RECIPIENTS = (
    b'<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list><entry uri="sip:a@b"/>'
    b'<list><entry uri="sip:A%40b@b;x=y"/><external anchor="http://c"/></list></list></resource-lists>'
)

SEEDS: dict[str, tuple[bytes, ...]] = {
    "sip_message": (MESSAGE, NOTIFY, b"SIP/2.0 200 OK\r\n" + MESSAGE.partition(b"\r\n")[2]),
    "sip_agent": (MESSAGE, NOTIFY, MESSAGE + b"\0\0" + NOTIFY),
    "sip_headers": (
        b'"A \\" B" <sip:a@b;lr?x=y>;tag=1;expires=5',
        b"SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKx;rport;received=192.0.2.1",
        b"1 SUBSCRIBE",
        b"terminated;reason=probation;retry-after=5",
        b"presence;id=7",
        b'Digest username="a", realm="b", nonce="c", uri="sip:b", response="d", qop=auth, nc=1',
    ),
    "sip_uri": (b"sip:a%20b:p@example.test:5060;transport=tcp;lr?Subject=x", b"pres:a@b", b"a@b", b"tel:+1"),
    "websocket": (
        UPGRADE + TEXT + PING + BEGIN + END + CLOSING,
        UPGRADE + b"\x82\xfe\x01\x00mask" + bytes(256),
        UPGRADE + b"\x81\xff" + bytes(7) + b"\x04mask" + b"abcd",
    ),
    "framing": (MESSAGE + b"\r\n\r\n" + NOTIFY,),
    "multipart_body": (RELATED,),
    "coded_body": (
        zlib.compress(RLMI),
        zlib.compress(RLMI, wbits=-zlib.MAX_WBITS),
        zlib.compress(bytes(4096), wbits=zlib.MAX_WBITS | 16),
    ),
    "filter_document": (FILTERS + b"\0" + FILTERS.replace(b'id="1"', b'id="4"'),),
    "recipients": (
        b"recipient-list\n" + recipient_lists.MEDIA_TYPE.encode() + b"\n" + RECIPIENTS,
        b'\nmultipart/mixed;boundary="b"\n--b\r\nContent-Disposition: recipient-list\r\n'
        b"Content-Type: application/resource-lists+xml\r\n\r\n" + RECIPIENTS + b"\r\n--b\r\n"
        b"Content-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\nContent-Type: text/odd\r\n"
        b"Content-Disposition: render;handling=optional\r\n\r\nodd\r\n--c--\r\n\r\n--b--\r\n",
    ),
    "delta_documents": (DIALOGS + b"\0" + DIALOGS.replace(b"full", b"partial"), PRESENCE + b"\0" + PATCHES),
    "rlmi_document": (RLMI,),
    "xml_document": (LISTS, RLMI),
    "xcap_selector": (
        b"/xcap-root/resource-lists/users/sip:a@b/index/~~/resource-lists/list%5b@name=%22a%22%5d/entry%5b1%5d",
        b"http://h/xcap-root/rls-services/global/index?xmlns(x=urn:x)",
    ),
    "xcap_edit": (
        b'resource-lists/list[@name="a"]/entry[@uri="sip:c@d"]\n<entry uri="sip:c@d"/>',
        b"resource-lists/list[1]/@name\nnew",
        b"resource-lists/list[1]/entry[1]\n<entry uri='sip:c@d'><display-name>x</display-name></entry>",
    ),
}
