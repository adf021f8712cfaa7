import pytest

from tests.pure.xcap.surroundings import lists, refusal
from xcap.usages import RESOURCE_LISTS


@pytest.mark.req("X-E4")
@pytest.mark.parametrize("body", [b"", b"text", b"<a>", b"<a></b>", b"<a/><b/>", b"<a:b/>"])
def test_what_is_no_xml_is_not_well_formed(body: bytes) -> None:
    assert refusal(body, RESOURCE_LISTS).element == "not-well-formed"


@pytest.mark.req("X-C14")
@pytest.mark.req("X-E4")
@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        "<a/>".encode("utf-16"),
    ],
)
def test_other_encodings_than_utf_8_are_refused(body: bytes) -> None:
    assert refusal(body, RESOURCE_LISTS).element == "not-utf-8"


@pytest.mark.req("X-E34")
@pytest.mark.req("X-P9")
@pytest.mark.parametrize(
    "declaration",
    ["", ' SYSTEM "file:///etc/passwd"', ' [<!ENTITY e "x">]', ' [<!ENTITY % e SYSTEM "http://x.test/">%e;]'],
)
def test_document_type_declarations_are_refused(declaration: str) -> None:
    body = f"<!DOCTYPE resource-lists{declaration}>".encode() + lists("")
    assert refusal(body, RESOURCE_LISTS).element == "not-well-formed"
