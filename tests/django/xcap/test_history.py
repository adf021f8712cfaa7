"""Every write leaves a version, in the same transaction, whoever writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put
    from xcap.models import Document, Version

BOB, CLAIRE = friends("sip:bob@example.test"), friends("sip:claire@example.test")
LISTS = path_of("resource-lists")


def versions(document: Document | None = None) -> list[Version]:
    from xcap.models import Version

    return list(Version.objects.order_by("pk"))


def bodies() -> list[bytes | None]:
    return [None if each.doc is None else bytes(each.doc) for each in versions()]


def test_xcap_writes_and_deletes_are_kept_with_their_author(alice: Subscriber) -> None:
    client = XcapClient()
    first = client.put(LISTS, BOB)
    client.put(LISTS, CLAIRE)
    client.delete(LISTS)
    assert bodies() == [BOB, CLAIRE, None]
    assert {each.author for each in versions()} == {"sip:alice@example.test (XCAP)"}
    assert first["ETag"] == f'"{versions()[0].etag}"'


def test_equal_bytes_make_no_version(put: Put) -> None:
    put("resource-lists", BOB)
    put("resource-lists", BOB)
    assert bodies() == [BOB]


def test_refused_write_leaves_no_version(alice: Subscriber) -> None:
    assert XcapClient().put(LISTS, b"<nonsense/>").status_code == 409
    assert versions() == []


@pytest.mark.django_db(transaction=True)
def test_version_goes_with_the_transaction_that_fails(put: Put) -> None:
    class Failure(Exception):
        pass

    put("resource-lists", BOB)
    with pytest.raises(Failure), transaction.atomic():
        put("resource-lists", CLAIRE)
        raise Failure
    assert bodies() == [BOB]


def test_what_another_program_wrote_is_kept_before_it_is_changed(put: Put) -> None:
    from xcap.models import Document, Version

    put("resource-lists", BOB)
    Version.objects.all().delete()
    Document.objects.update(doc=friends(), etag="foreign")
    put("resource-lists", CLAIRE)
    assert bodies() == [friends(), CLAIRE]
    assert versions()[0].author == ""


def test_oldest_versions_are_forgotten(put: Put, settings: Any) -> None:
    settings.RLS_XCAP_VERSIONS = 3
    put("resource-lists", friends("sip:other@example.test"), path="other")
    written = [friends(f"sip:u{number}@example.test") for number in range(5)]
    for body in written:
        put("resource-lists", body)
    assert bodies()[1:] == written[-3:]
    settings.RLS_XCAP_VERSIONS = 1
    put("resource-lists", BOB)
    assert bodies()[1:] == [BOB]


def test_no_versions_are_kept_where_the_setting_says_so(put: Put, settings: Any) -> None:
    settings.RLS_XCAP_VERSIONS = 0
    put("resource-lists", BOB)
    assert versions() == []


def test_difference_shows_lines_even_of_a_document_in_one_line(put: Put) -> None:
    from xcap.history import difference

    put("resource-lists", BOB)
    put("resource-lists", CLAIRE)
    lines = [line for line in difference(*versions()) if line[0] in "+-"]
    assert lines == ['-<entry uri="sip:bob@example.test"/>', '+<entry uri="sip:claire@example.test"/>']
