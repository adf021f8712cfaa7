"""Request targets as clients write them, over a socket to the web server: nothing on the way spoils them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from urllib.parse import quote, urlsplit

import pytest

from rls.domain import digest
from tests.live.rig.database import PASSWORD
from tests.live.rig.list_server import ListServer
from tests.live.rig.waiting import LIMIT

RL = "urn:ietf:params:xml:ns:resource-lists"
NAME = "a/~~/[b]?%20&amp;é='1'+"
ENTRY = '<entry uri="sip:bob@example.test" x:n="1"/>'
DOCUMENT = (
    f'<resource-lists xmlns="{RL}" xmlns:x="urn:x+y&amp;z=(1)"><list name="plain">{ENTRY}</list>'
    f'<list name="{NAME.replace("%20", " ")}">{ENTRY}</list></resource-lists>'
).encode()
LISTS = "application/resource-lists+xml"
QUERY = "?xmlns(p=urn:x%2By%26z=^(1^))"


class RawClient:
    """Writes requests byte by byte on one connection; answers the challenge of each."""

    def __init__(self, server: ListServer, user: str) -> None:
        self._host = urlsplit(server.http).netloc
        host, _, port = self._host.partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=LIMIT)
        self._username = user.partition("@")[0]
        self.index = f"/xcap-root/resource-lists/users/sip:{user}/index"

    def __call__(
        self, method: str, target: str, body: bytes = b"", *headers: str
    ) -> tuple[int, bytes, HTTPResponse]:
        challenge = self._exchange(method, target, body, headers)[2]
        answer = digest.answer(
            challenge.headers.get_all("WWW-Authenticate", []),
            method=method,
            uri=target,
            username=self._username,
            password=PASSWORD,
            cnonce="c",
        )
        return self._exchange(method, target, body, [*headers, f"Authorization: {answer}"])

    def _exchange(
        self, method: str, target: str, body: bytes, headers: list[str] | tuple[str, ...]
    ) -> tuple[int, bytes, HTTPResponse]:
        if not any(header.startswith("Transfer-Encoding") for header in headers):
            headers = [*headers, f"Content-Length: {len(body)}"]
        head = "\r\n".join([f"{method} {target} HTTP/1.1", f"Host: {self._host}", *headers, "", ""])
        self._socket.sendall(head.encode() + body)
        with HTTPResponse(self._socket, method=method) as response:
            response.begin()
            return response.status, response.read(), response

    @property
    def silent(self) -> bool:
        """Whether nothing more comes."""
        self._socket.settimeout(0.1)
        try:
            return not self._socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(LIMIT)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def client(server: ListServer, domain: str) -> Iterator[RawClient]:
    user = f"alice@{domain}"
    server.database.add_subscriber(user)
    client = RawClient(server, user)
    assert client("PUT", client.index, DOCUMENT, f"Content-Type: {LISTS}")[0] == 201
    yield client
    client.close()


def _as_it_is(node: str) -> str:
    return node.replace("?", "%3F").replace("%3Fxmlns", "?xmlns")


def _encoded(node: str) -> str:
    path, query, bindings = _as_it_is(node).partition("?xmlns")
    return quote(path.replace("%20", " ").replace("%3F", "?"), safe="/") + query + quote(bindings, safe="%")


@pytest.mark.req("X-A2")
@pytest.mark.req("X-A3")
@pytest.mark.req("X-A16")
@pytest.mark.req("X-B7")
@pytest.mark.req("X-B16")
@pytest.mark.req("X-P1")
@pytest.mark.req("X-P5")
@pytest.mark.req("X-P6")
@pytest.mark.req("X-P7")
@pytest.mark.parametrize("written", [_as_it_is, _encoded])
@pytest.mark.parametrize("separator", ["~~", "%7E%7e"])
def test_targets_are_understood_raw_and_encoded(
    client: RawClient, written: Callable[[str], str], separator: str
) -> None:
    for node, expected in [
        ('resource-lists/list[@name="plain"]/entry', ENTRY),
        (f'resource-lists/list[@name="{NAME}"]/entry[1]', ENTRY),
        ("*/*[1]/entry[@uri='sip:bob@example.test']/@uri", "sip:bob@example.test"),
        (f'resource-lists/list[2]/entry[@p:n="1"]/@p:n{QUERY}', "1"),
        (f'resource-lists/list[@name="{NAME}"]/@name', NAME.replace("%20", " ")),
    ]:
        status, body, response = client("GET", f"{client.index}/{separator}/{written(node)}")
        assert (status, body.decode()) == (200, expected)
        assert response.headers["ETag"]


@pytest.mark.req("X-P1")
@pytest.mark.req("X-D7")
@pytest.mark.req("X-C1")
@pytest.mark.parametrize("written", [_as_it_is, _encoded])
def test_parts_are_written_raw_encoded_and_in_chunks_on_one_connection(
    client: RawClient, written: Callable[[str], str]
) -> None:
    node = written(f'resource-lists/list[@name="{NAME}"]/entry[@uri="sip:c/d?e~~@example.test"]')
    target, media_type = f"{client.index}/~~/{node}", "Content-Type: application/xcap-el+xml"
    entry = b'<entry uri="sip:c/d?e~~@example.test"/>'
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(entry), entry)
    status, _, response = client("PUT", target, chunks, media_type, "Transfer-Encoding: chunked")
    assert (status, bool(response.headers["ETag"])) == (201, True)
    etag = response.headers["ETag"]
    assert client("PUT", target, entry, media_type, f"If-Match: {etag}")[0] == 200
    assert client("HEAD", target)[2].headers["Content-Length"] == str(len(entry))
    assert client("GET", target)[1] == entry
    assert client("GET", target, b"", f"If-None-Match: {etag}")[0] == 304
    assert client("DELETE", target, b"", 'If-Match: "other"')[0] == 412
    assert client("DELETE", target)[0] == 200
    assert client("GET", client.index)[1] == DOCUMENT


@pytest.mark.req("X-C10")
@pytest.mark.req("X-B20")
def test_answers_without_a_body_read_leave_the_connection_usable(client: RawClient) -> None:
    part = f"{client.index}/~~/resource-lists"
    status, _, response = client("PUT", f"{part}/namespace::*", b"<list/>")
    assert (status, response.headers["Allow"]) == (405, "GET, HEAD")
    assert client("PUT", f"{part}/list[2", b"<list/>")[0] == 400
    assert client("PUT", f"{part}/list[1]", b"<list/>", "Content-Type: text/xml")[0] == 415
    assert client("GET", f"{part}/list[1]/@name")[1] == b"plain"


@pytest.mark.req("X-C1")
def test_head_has_no_body_on_the_wire_whatever_the_answer(client: RawClient) -> None:
    status, _, response = client("HEAD", client.index)
    assert (status, response.headers["Content-Length"]) == (200, str(len(DOCUMENT)))
    assert client.silent
    assert client("HEAD", f"{client.index}/~~/[")[0] == 400
    assert client.silent
