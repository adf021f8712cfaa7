from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends, inline, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Subscribe

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = path_of("resource-lists")


@pytest.fixture(autouse=True)
def users(transactional_db: None, subscribe: Subscribe) -> None:
    subscribe("alice@example.test")
    subscribe("bob@example.test")


def at_once(*requests: Callable[[], int]) -> list[int]:
    """Status codes of requests that start together, each with a database connection of its own."""
    start = Barrier(len(requests))

    def run(request: Callable[[], int]) -> int:
        start.wait()
        try:
            return request()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return sorted(pool.map(run, requests))


def put(body: bytes, **headers: str) -> Callable[[], int]:
    return lambda: XcapClient().put(INDEX, body, **headers).status_code


@pytest.mark.req("X-E33")
def test_of_two_writers_with_one_etag_one_wins() -> None:
    etag = XcapClient().put(INDEX, friends())["ETag"]
    bodies = [friends(f"sip:{name}@example.test") for name in ("bob", "claire")]
    assert at_once(*(put(body, If_Match=etag) for body in bodies)) == [200, 412]
    assert XcapClient().get(INDEX).content in bodies


@pytest.mark.req("X-E33")
def test_of_two_creators_one_wins() -> None:
    bodies = [friends(f"sip:{name}@example.test") for name in ("bob", "claire")]
    assert at_once(*(put(body, If_None_Match="*") for body in bodies)) == [201, 412]


@pytest.mark.req("X-K1")
def test_of_two_users_who_take_one_service_uri_one_wins() -> None:
    body = services(inline("sip:list@example.test"))

    def writer(name: str) -> Callable[[], int]:
        target = path_of("rls-services", f"sip:{name}@example.test")
        return lambda: XcapClient(name).put(target, body).status_code

    assert at_once(writer("alice"), writer("bob")) == [201, 409]


def _element(entry: str) -> str:
    return f"{INDEX}/~~/resource-lists/list/entry%5B@uri=%22{entry}%22%5D"


@pytest.mark.req("X-E33")
def test_of_two_writers_of_parts_with_one_etag_one_wins() -> None:
    etag = XcapClient().put(INDEX, friends())["ETag"]

    def writer(entry: str) -> Callable[[], int]:
        body = f'<entry uri="{entry}"/>'.encode()
        return lambda: XcapClient().put(_element(entry), body, If_Match=etag).status_code

    assert at_once(writer("sip:bob@example.test"), writer("sip:carol@example.test")) == [201, 412]
    assert XcapClient().get(INDEX).content.count(b"<entry") == 1


@pytest.mark.req("X-E33")
def test_nothing_is_lost_when_many_write_and_delete_parts_of_one_document() -> None:
    old = [f"sip:old{number}@example.test" for number in range(4)]
    new = [f"sip:new{number}@example.test" for number in range(4)]
    XcapClient().put(INDEX, friends(*old))

    def insert(entry: str) -> Callable[[], int]:
        return lambda: XcapClient().put(_element(entry), f'<entry uri="{entry}"/>'.encode()).status_code

    def remove(entry: str) -> Callable[[], int]:
        return lambda: XcapClient().delete(_element(entry)).status_code

    assert at_once(*map(insert, new), *map(remove, old)) == [200] * 4 + [201] * 4
    document = XcapClient().get(INDEX).content.decode()
    assert all(entry in document for entry in new) and not any(entry in document for entry in old)
