"""A proxy in front that says who the user is, over a real socket: what a client could slip past it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.live.conftest import NewServer

ALICE = "sip:alice@example.test"
TARGET = f"/xcap-root/resource-lists/users/{ALICE}/index"


@pytest.fixture(scope="module")
def web(new_server: NewServer) -> Iterator[str]:
    """Address of a web process that believes proxies on this machine."""
    with new_server(RLS_XCAP_AUTH="digest,proxy,basic", RLS_XCAP_PROXIES="127.0.0.1") as server:
        server.database.add_subscriber("alice@example.test")
        server.web.start()
        server.web.wait_until(server.web_answers)
        yield urlsplit(server.http).netloc


def status(web: str, *headers: tuple[str, str]) -> int:
    with closing(HTTPConnection(web)) as connection:
        connection.putrequest("GET", TARGET)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as response:
            return response.status


@pytest.mark.req("X-C7")
def test_word_of_the_proxy_is_taken(web: str) -> None:
    assert status(web) == 401
    assert status(web, ("X-3GPP-Asserted-Identity", f'"{ALICE}"')) == 404
    assert status(web, ("X-3GPP-Asserted-Identity", '"sip:bob@example.test"')) == 403


@pytest.mark.parametrize(
    "name", ["X_3GPP_Asserted_Identity", "X-3GPP_Asserted-Identity", "x-3gpp-asserted-identity "]
)
def test_name_that_only_looks_like_the_header_is_not_it(web: str, name: str) -> None:
    assert status(web, (name, ALICE)) in (400, 401)


def test_second_header_makes_both_worthless(web: str) -> None:
    other = ("X-3GPP-Asserted-Identity", "sip:bob@example.test")
    assert status(web, other, ("X-3GPP-Asserted-Identity", ALICE)) == 400
