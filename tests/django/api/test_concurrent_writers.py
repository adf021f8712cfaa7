"""Two writers at once, over REST and over XCAP: nothing gets lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.django.api.client import Api
from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends

pytestmark = pytest.mark.django_db(transaction=True)
ENTRIES = "lists/me/friends/entries"
WRITERS = 8


def at_once(*requests: object) -> list[int]:
    barrier = Barrier(len(requests))

    def run(request: object) -> int:
        barrier.wait()
        try:
            return int(request())  # type: ignore[operator]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return sorted(pool.map(run, requests))


def test_one_of_two_with_the_same_tag_wins(transactional_db: None, alice: Api) -> None:
    etag = alice.make_list("friends").etag
    bodies = [{"entries": [{"uri": f"sip:{user}@example.test"}]} for user in ("bob", "claire")]
    statuses = at_once(*(lambda body=body: alice.put(ENTRIES, body, If_Match=etag).status for body in bodies))
    assert statuses == [200, 412]
    assert alice.get(ENTRIES).body["entries"] in [
        [{**entry, "display_name": ""} for entry in body["entries"]] for body in bodies
    ]


def test_rest_and_xcap_with_the_same_tag(transactional_db: None, alice: Api) -> None:
    etag = alice.make_list("friends", "sip:bob@example.test").etag
    body = friends("sip:claire@example.test")
    statuses = at_once(
        lambda: alice.put(ENTRIES, {"entries": []}, If_Match=etag).status,
        lambda: XcapClient().put(path_of("resource-lists"), body, If_Match=etag).status_code,
    )
    assert statuses == [200, 412]


def test_entries_added_at_once_are_all_there(transactional_db: None, alice: Api) -> None:
    alice.make_list("friends")
    uris = [f"sip:u{number}@example.test" for number in range(WRITERS)]
    statuses = at_once(
        *(lambda uri=uri: alice.post(ENTRIES, {"entries": [{"uri": uri}]}).status for uri in uris)
    )
    assert statuses == [200] * WRITERS
    assert sorted(each["uri"] for each in alice.get(ENTRIES).body["entries"]) == uris
