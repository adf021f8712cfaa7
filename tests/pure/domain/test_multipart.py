import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.multipart import MalformedMultipart, Part, media_type, parse, related
from tests.pure.domain.mime import parts_by_email_package

RLMI = Part('application/rlmi+xml;charset="UTF-8"', b"<list/>", "root@a")
PIDF = Part("application/pidf+xml", b"<presence/>\r\n", "1@a")
BODIES = st.binary().filter(lambda body: b"--" not in body)


@pytest.mark.req("R2387-3.1-1")
@pytest.mark.req("R2387-3.2-1")
@pytest.mark.req("R4662-4.3-1")
def test_the_content_type_names_type_and_start_and_a_bare_boundary() -> None:
    content_type, _ = related([RLMI, PIDF], "b1")
    assert content_type == 'multipart/related;type="application/rlmi+xml";start="<root@a>";boundary=b1'


@pytest.mark.req("R5621-3.2-1")
@pytest.mark.req("R2046-5.1-1")
def test_the_octets_of_a_multipart() -> None:
    _, body = related([PIDF], "b1")
    assert body == (
        b"--b1\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <1@a>\r\n"
        b"Content-Type: application/pidf+xml\r\n\r\n<presence/>\r\n\r\n--b1--\r\n"
    )


@pytest.mark.req("R2046-5.1.1-2")
@pytest.mark.req("R4662-7.3-1")
@given(st.lists(BODIES, min_size=1, max_size=5))
def test_parts_come_back_octet_by_octet(bodies: list[bytes]) -> None:
    parts = [Part("application/x", body, f"{number}@a") for number, body in enumerate(bodies)]
    content_type, body = related(parts, "b1")
    assert parse(content_type, body) == parts
    assert parts_by_email_package(content_type, body) == parts


def test_nested_multiparts_stay_closed_even_if_their_boundary_begins_like_ours() -> None:
    inner_type, inner = related([RLMI, PIDF], "b1-inner")
    nested = Part(inner_type, inner, "n@a")
    content_type, body = related([RLMI, nested], "b1")
    assert parse(content_type, body) == [RLMI, nested]
    assert parse(inner_type, parse(content_type, body)[1].body) == [RLMI, PIDF]


@pytest.mark.req("R2387-3.2-1")
def test_the_root_is_the_part_that_start_names() -> None:
    _, body = related([PIDF, RLMI], "b1")
    assert parse('multipart/related; start="<root@a>"; boundary=b1', body) == [RLMI, PIDF]
    assert parse("multipart/related; boundary=b1", body) == [PIDF, RLMI]


@pytest.mark.req("R2387-4-1")
def test_the_disposition_of_a_part_means_nothing() -> None:
    content_type, body = related([RLMI, PIDF], "b1")
    odd = body.replace(b"Content-ID: <1@a>", b"Content-Disposition: attachment\r\nContent-ID: <1@a>")
    assert odd != body
    assert parse(content_type, odd) == [RLMI, PIDF]


@pytest.mark.req("R2387-3.4-1")
@pytest.mark.parametrize(
    "content_type",
    [
        'multipart/related;type="application/rlmi+xml";boundary="b 1?";start="<root@a>"',
        'Multipart/Related ; boundary = "b 1?" ; type="application/rlmi+xml"',
        r'multipart/related;BOUNDARY="b\ 1?";type="a;boundary=x"',
    ],
)
def test_parameters_in_any_order_case_and_spacing(content_type: str) -> None:
    _, body = related([RLMI, PIDF], "b 1?")
    assert parse(content_type, body) == [RLMI, PIDF]


@pytest.mark.req("R5621-4.2-1")
def test_what_other_servers_write_is_read() -> None:
    body = (
        b"preamble\n--x  \nCONTENT-TYPE: application/pidf+xml;\n charset=utf-8\ncontent-id:<a@b>\n"
        b"Content-Length: 99\n\n<p/>\n--x\n\ntext\n--x\nContent-Transfer-Encoding: base64\n\nPGEvPg==\n"
        b"--x--\nepilogue"
    )
    assert parse("multipart/mixed;boundary=x", body) == [
        Part("application/pidf+xml; charset=utf-8", b"<p/>", "a@b"),
        Part("text/plain", b"text"),
        Part("text/plain", b"<a/>"),
    ]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/related", b"--b1--\r\n"),
        ("application/pidf+xml;boundary=b1", b"--b1--\r\n"),
        ("multipart/related;boundary=b1", b""),
        ("multipart/related;boundary=b1", b"--b1\r\n\r\nx\r\n"),
        ("multipart/related;boundary=b1", b"--b1\r\nContent-Type: a/b\r\n--b1--\r\n"),
        ("multipart/related;boundary=b1", b"x--b1\r\n\r\n\r\nx--b1--\r\n"),
        ("multipart/related;boundary=b1", b"--b1\r\nContent-Transfer-Encoding: rot13\r\n\r\n--b1--"),
        ("multipart/related;boundary=b1", b"--b1\r\nContent-Transfer-Encoding: base64\r\n\r\nA\r\n--b1--"),
    ],
)
def test_what_is_not_complete_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(MalformedMultipart):
        parse(content_type, body)


@given(st.text(), st.binary(), st.lists(st.sampled_from([b"--b", b"--b--", b"\r\n", b"\n", b"a: b", b"x"])))
def test_hostile_input_is_read_or_refused(content_type: str, octets: bytes, pieces: list[bytes]) -> None:
    for value, body in ((content_type, octets), ("multipart/x;boundary=b", b"".join(pieces) + octets)):
        try:
            assert all(part.body in body for part in parse(value, body))
        except MalformedMultipart:
            continue


def test_a_media_type_with_parameters() -> None:
    assert media_type('Text/Plain; Charset="u\\"8"; x=y;z') == ("text/plain", {"charset": 'u"8', "x": "y"})
