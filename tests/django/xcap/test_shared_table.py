"""The table `xcap` as OpenSIPS (modules xcap and rls, integrated_xcap_server) and OpenXCAP read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.db import connection
from lxml import etree

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import LISTS_ROOT, RL, friends, inline, pointing, services
from tests.pure.xcap.test_usages import rule

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "connect-opensips.md"
RESOURCE_LISTS, RLS_SERVICES = 4, 8
pytestmark = pytest.mark.usefixtures("alice")


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def opensips_reads(doc_type: int, doc_uri: str = "") -> tuple[bytes, str] | None:
    """The statement of OpenSIPS' get_xcap_doc(): the first row counts, a file name only where it has one."""
    where = f"username='alice' AND domain='example.test' AND doc_type={doc_type}"
    if doc_uri:
        where += f" AND doc_uri='{doc_uri}'"
    found = rows(f"select doc,etag from xcap where {where}")
    return (bytes(found[0][0]), found[0][1]) if found else None


def opensips_parses(uri: str) -> tuple[str, str, str]:
    """User, file name and selector as OpenSIPS takes them out of a URI: unescaped as a whole first."""
    document, _, selector = unquote(uri).partition("/~~/")
    user, _, name = document.partition("/users/")[2].partition("/")
    return user, name, selector


@pytest.mark.req("X-O1")
def test_table_has_the_columns_of_opensips_and_their_types() -> None:
    columns = rows(
        "select column_name, data_type from information_schema.columns where table_name = 'xcap'"
        " order by ordinal_position"
    )
    assert columns == [
        ("id", "bigint"),
        ("username", "text"),
        ("domain", "text"),
        ("doc", "bytea"),
        ("doc_type", "integer"),
        ("etag", "character varying"),
        ("source", "integer"),
        ("doc_uri", "text"),
        ("port", "integer"),
    ]


@pytest.mark.req("X-O4")
@pytest.mark.req("X-O3")
def test_rls_of_opensips_finds_the_services_of_the_subscriber(put: Put) -> None:
    body = services(inline("sip:friends@example.test", "sip:bob@example.test"))
    stored = put("rls-services", body)
    assert opensips_reads(RLS_SERVICES) == (body, stored.etag)
    columns = "doc_type, doc_uri, source, port, username, domain"
    assert rows(f"select {columns} from xcap") == [(8, "index", 0, 0, "alice", "example.test")]


@pytest.mark.req("X-O4")
@pytest.mark.req("X-O6")
def test_rls_of_opensips_follows_a_resource_list_to_its_entries(put: Put) -> None:
    selector = "resource-lists/list%5B@name=%22friends%22%5D"
    pointer = f"{LISTS_ROOT}/sip:alice@example.test/buddies/~~/{selector}"
    put("rls-services", services(pointing("sip:friends@example.test", pointer)))
    put("resource-lists", friends("sip:other@example.test"))
    put("resource-lists", friends("sip:bob@example.test"), path="buddies")
    found = opensips_reads(RLS_SERVICES)
    assert found is not None
    text = etree.fromstring(found[0]).findtext(".//{*}resource-list") or ""
    user, name, selected = opensips_parses(text)
    assert (user, name) == ("sip:alice@example.test", "buddies")
    document = opensips_reads(RESOURCE_LISTS, name)
    assert document is not None
    xpath = "/xmlns:" + selected.replace("/", "/xmlns:")
    (friends_list,) = etree.fromstring(document[0]).xpath(xpath, namespaces={"xmlns": RL})
    assert [entry.get("uri") for entry in friends_list] == ["sip:bob@example.test"]


@pytest.mark.req("X-O2")
@pytest.mark.req("X-O3")
def test_presence_module_finds_rules_by_number_and_name(put: Put) -> None:
    put("pres-rules", rule())
    put("org.openmobilealliance.pres-rules", rule(), path="pres-rules")
    assert rows("select doc_type, doc_uri from xcap order by doc_type") == [(2, "index"), (32, "pres-rules")]


@pytest.mark.req("X-G7")
def test_entity_tag_fits_into_the_column_and_is_the_one_of_the_answer() -> None:
    response = XcapClient().put(path_of("resource-lists"), friends())
    found = opensips_reads(RESOURCE_LISTS)
    assert found is not None
    assert response["ETag"] == f'"{found[1]}"'
    assert len(found[1]) <= 64


def test_statements_of_the_how_to_make_what_opensips_asks_for() -> None:
    (statements,) = re.findall(r"```sql\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(statements)
        cursor.execute("select table_version from version where table_name='xcap'")
        assert cursor.fetchone() == (4,)
        cursor.execute("set local role opensips")
        cursor.execute(
            "select doc,etag from xcap where username='alice' AND domain='example.test' AND doc_type=8"
        )
        assert cursor.fetchall() == []
        cursor.execute("select has_table_privilege('xcap', 'insert')")
        assert cursor.fetchone() == (False,)
        cursor.execute("reset role")
