"""Elements of one document stand in another one as they were written, and mean the same there."""

import pytest
from lxml import etree

from xcap.documents.embedding import embedded
from xcap.documents.source import Source

ODD = b"<p:a  b='1>2' ><!-- c --><?pi?><![CDATA[<]]>&#65;<x></x ></p:a\n>"


def moved(document: bytes, scope: dict[str | None, str]) -> bytes:
    source = Source(document)
    return embedded(source, source.root[0], scope)


@pytest.mark.req("X-I8", "X-P8", "X-C17")
@pytest.mark.parametrize(
    ("declared", "scope", "added"),
    [
        (b'xmlns:p="urn:p"', {}, b' xmlns:p="urn:p"'),
        (b'xmlns:p="urn:p" xmlns="urn:d"', {}, b' xmlns:p="urn:p" xmlns="urn:d"'),
        (b'xmlns:p="urn:p" xmlns="urn:d"', {None: "urn:d", "p": "urn:p"}, b""),
        (b'xmlns:p="urn:p"', {None: "urn:other", "p": "urn:other"}, b' xmlns:p="urn:p" xmlns=""'),
        (b"xmlns:p='urn:a&amp;b'", {}, b' xmlns:p="urn:a&amp;b"'),
    ],
)
def test_only_missing_namespaces_are_declared(
    declared: bytes, scope: dict[str | None, str], added: bytes
) -> None:
    element = moved(b"<r %b> %b </r>" % (declared, ODD), scope)
    head, rest = element[: len(b"<p:a" + added)], element[len(b"<p:a" + added) :]
    assert sorted(head.split()) == sorted((b"<p:a" + added).split())
    assert rest == ODD.removeprefix(b"<p:a")


def test_what_the_element_declares_itself_is_not_declared_twice() -> None:
    own = b"<p:a xmlns:p = 'urn:mine' xmlns=''><b/></p:a>"
    assert moved(b'<r xmlns="urn:d" xmlns:p="urn:p">%b</r>' % own, {None: "urn:host"}) == own


def test_the_default_namespace_of_the_host_does_not_reach_into_it() -> None:
    element = moved(b"<r><a><b/></a></r>", {None: "urn:host"})
    (found,) = etree.fromstring(b'<h xmlns="urn:host">%b</h>' % element)
    assert [each.tag for each in found.iter()] == ["a", "b"]
