from __future__ import annotations

import pytest

from xcap.exchange import formats
from xcap.exchange.record import Record

ALICE = "alice@example.test"


def read(text: str, **options: str) -> list[Record]:
    return formats.read(text.encode(), **options)


def test_columns_may_stand_in_any_order_and_have_other_names() -> None:
    text = "\ufeffDisplay name;SIP address;Group;ignored\nBob;bob@example.test;friends;x\n"
    assert read(text, user=ALICE) == [Record(ALICE, "friends", "sip:bob@example.test", "Bob", 2)]


def test_line_numbers_are_those_of_the_file() -> None:
    text = 'uri,name\n\nsip:a@b.test,"two\nlines"\nsip:c@b.test,C\n'
    assert [each.line for each in read(text, user=ALICE, list_name="x")] == [3, 5]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("alice@a.test,friends,,Bob", "the URI is missing"),
        ("alice@a.test,friends,101,Bob", "'101' is not a SIP URI; write it as sip:name@domain"),
        ("alice@a.test,friends,tel:+49,Bob", "'tel:+49' is not a SIP URI"),
        ("alice@a.test,,sip:b@a.test,Bob", "no list is named"),
        (",friends,sip:b@a.test,Bob", "no user is named"),
        ("alice@a.test,friends,sip:b@a.test,B\x07", "control characters"),
    ],
)
def test_record_that_cannot_be_taken_says_why(row: str, words: str) -> None:
    (record,) = read(f"user,list,uri,name\n{row}\n")
    assert words in record.problem
    assert record.line == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the first line has to name the columns"),
        ("sip:bob@example.test,Bob\n", "the first line has to name the columns, uri among them"),
        ("uri,uri\n", "the column uri stands there twice"),
        ('uri,name\n"sip:b@a.test', "line 2: unexpected end of data"),
        ("BEGIN:VCARD\nFN:Bob\n", "the card that begins on line 1 has no END:VCARD"),
        ("BEGIN:VCARD\nEND:VCARD\nFN:Bob\n", "line 3 stands outside of any card"),
        ("BEGIN:VCARD\nnonsense\n", "line 2 is no line of a vCard"),
    ],
)
def test_unreadable_file_is_explained(text: str, words: str) -> None:
    with pytest.raises(formats.UnreadableFile, match=words):
        read(text)


def test_latin_1_is_refused_with_advice() -> None:
    with pytest.raises(formats.UnreadableFile, match="save the file as UTF-8"):
        formats.read("uri,name\nsip:b@a.test,Jürgen\n".encode("latin-1"))


CARD = """BEGIN:VCARD
VERSION:3.0
N:Builder;Bob;;;
FN:Bob\\, the Build
 er
item1.IMPP;X-SERVICE-TYPE=SIP:sip:bob@example.test
IMPP;TYPE=home:xmpp:bob@example.test
X-SIP;TYPE=work:bob@work.test
TEL;VALUE=uri:tel:+49301234
CATEGORIES:friends,work\\, old
END:VCARD
"""


def test_every_sip_address_of_a_card_goes_to_each_of_its_categories() -> None:
    taken = [(each.list_name, each.uri, each.display_name, each.line) for each in read(CARD, user=ALICE)]
    assert taken == [
        (name, uri, "Bob, the Builder", line)
        for name in ("friends", "work, old")
        for uri, line in (("sip:bob@example.test", 6), ("sip:bob@work.test", 8))
    ]


def test_named_list_overrules_categories() -> None:
    assert {each.list_name for each in read(CARD, user=ALICE, list_name="team")} == {"team"}


def test_card_without_sip_address_is_a_problem_of_its_line() -> None:
    (record,) = read("\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n", user=ALICE, list_name="x")
    assert (record.line, record.problem) == (2, "the URI is missing")


def test_old_phones_quote_their_letters() -> None:
    text = (
        "BEGIN:VCARD\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen\r\nX-SIP:j@a.test\r\nEND:VCARD"
    )
    assert read(text, user=ALICE, list_name="x")[0].display_name == "Jürgen"
