"""Elements cut out of documents (RFC 4825 section 8.3)."""

from __future__ import annotations

import pytest

from rls.domain.lists import MalformedDocument, flatten, parse_service_fragment
from tests.pure.domain.flattening import Store


@pytest.mark.req("R4825-8.3-1")
@pytest.mark.parametrize(
    "fragment",
    [
        '<service uri="sip:t@x"><list><entry uri="sip:b@x"/></list></service>',
        '<service uri="sip:t@x"><list><rl:entry uri="sip:b@x"/></list></service>',
        '<rs:service uri="sip:t@x"><rs:list><rl:entry uri="sip:b@x"/></rs:list></rs:service>',
        '<?xml version="1.0"?><s:service uri="sip:t@x"><s:list><l:entry uri="sip:b@x"/></s:list></s:service>',
        '<service uri="sip:t@x"><list cp:kind="1"><l:entry uri="sip:b@x"><cp:p/></l:entry></list></service>',
    ],
)
def test_service_without_its_declarations_is_understood(fragment: str) -> None:
    service = parse_service_fragment(fragment.encode())
    assert [entry.uri for entry in flatten(service, Store()).entries] == ["sip:b@x"]


@pytest.mark.parametrize(
    "fragment", ["", "<a:b>", "<a:b/><a:c/>", "</fragment><x:y/>", "<x:list/>", "<!DOCTYPE a:b><a:b/>"]
)
def test_other_fragments_are_refused(fragment: str) -> None:
    with pytest.raises(MalformedDocument):
        parse_service_fragment(fragment.encode())
