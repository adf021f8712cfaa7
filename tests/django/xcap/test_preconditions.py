from __future__ import annotations

import pytest

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends

INDEX = path_of("resource-lists")
pytestmark = pytest.mark.usefixtures("alice")
OLD, NEW = friends(), friends("sip:bob@example.test")


@pytest.mark.req("X-D8")
@pytest.mark.req("X-D9", "R4825-8.3-3")
def test_get_of_a_known_version_is_not_modified() -> None:
    etag = XcapClient().put(INDEX, OLD)["ETag"]
    response = XcapClient().get(INDEX, If_None_Match=etag)
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.req("X-D8")
def test_get_of_another_version_than_asked_for_fails() -> None:
    XcapClient().put(INDEX, OLD)
    assert XcapClient().get(INDEX, If_Match='"other"').status_code == 412


@pytest.mark.req("X-E27")
def test_put_over_an_unknown_version_changes_nothing() -> None:
    XcapClient().put(INDEX, OLD)
    assert XcapClient().put(INDEX, NEW, If_Match='"other"').status_code == 412
    assert XcapClient().get(INDEX).content == OLD


@pytest.mark.req("X-E27")
@pytest.mark.req("X-G4")
def test_put_over_the_known_version_replaces_also_with_a_bare_tag() -> None:
    etag = XcapClient().put(INDEX, OLD)["ETag"]
    etag = XcapClient().put(INDEX, NEW, If_Match=f'"other", {etag}')["ETag"]
    assert XcapClient().put(INDEX, OLD, If_Match=etag.strip('"')).status_code == 200


@pytest.mark.req("X-E28")
def test_create_only_put_fails_when_the_document_is_there() -> None:
    assert XcapClient().put(INDEX, OLD, If_None_Match="*").status_code == 201
    assert XcapClient().put(INDEX, NEW, If_None_Match="*").status_code == 412


def test_replace_only_put_fails_when_there_is_no_document() -> None:
    assert XcapClient().put(INDEX, OLD, If_Match="*").status_code == 412


@pytest.mark.req("X-E29")
def test_precondition_counts_for_an_equal_body_too() -> None:
    XcapClient().put(INDEX, OLD)
    assert XcapClient().put(INDEX, OLD, If_Match='"other"').status_code == 412


@pytest.mark.req("X-E30")
def test_equal_body_keeps_the_entity_tag() -> None:
    etag = XcapClient().put(INDEX, OLD)["ETag"]
    again = XcapClient().put(INDEX, OLD)
    assert (again.status_code, again["ETag"]) == (200, etag)


@pytest.mark.req("X-F7")
def test_delete_of_another_version_changes_nothing() -> None:
    XcapClient().put(INDEX, OLD)
    assert XcapClient().delete(INDEX, If_Match='"other"').status_code == 412
    assert XcapClient().get(INDEX).status_code == 200


@pytest.mark.req("X-G5")
def test_recreated_document_has_a_new_entity_tag() -> None:
    first = XcapClient().put(INDEX, OLD)["ETag"]
    XcapClient().delete(INDEX)
    assert XcapClient().put(INDEX, OLD)["ETag"] != first
