import pytest

from rls.domain.xmlinput import MAX_DEPTH, MalformedXml, parse
from tests.pure.growth import grows_linearly


def laughs(levels: int) -> str:
    """Entities that grow to ten to the power of `levels`."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels + 1))
    return f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a b="&e{levels};">&e{levels};</a>'


@pytest.mark.req("X-P9")
@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><a/>',
        laughs(11),
        "<a>&undefined;</a>",
        "<a>",
        "",
        "text",
        '<a b="1" b="2"/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dtds_entities_and_broken_documents_are_refused(document: str, encoding: str) -> None:
    with pytest.raises(MalformedXml):
        parse(document.encode(encoding))


def test_entities_that_grow_cost_no_time() -> None:
    def refuse(levels: int) -> None:
        with pytest.raises(MalformedXml):
            parse(laughs(levels).encode())

    assert grows_linearly(refuse, 2)


def test_nesting_is_bounded() -> None:
    assert parse(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).tag == "a"
    with pytest.raises(MalformedXml):
        parse(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))


def test_very_deep_nesting_is_refused() -> None:
    with pytest.raises(MalformedXml):
        parse(b"<a>" * 100_000 + b"</a>" * 100_000)


def test_comments_and_instructions_do_not_split_text() -> None:
    assert parse(b"<?xml version='1.0'?><a>one<!-- x --> two<?p i?></a>").text == "one two"


def test_predefined_and_character_references_are_read() -> None:
    assert parse(b"<a>&lt;&#233;&#x20AC;</a>").text == "<\u00e9\u20ac"
