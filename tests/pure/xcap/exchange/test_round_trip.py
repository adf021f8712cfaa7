"""What is written as a table or as cards is read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcap.exchange import formats
from xcap.exchange.record import Record

# Surrogates are no text, control characters are in no list, and records are trimmed.
TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n"), max_size=90)
    .map(str.strip)
    .filter(lambda text: "\ufeff" not in text)
)
USERS = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.test", fullmatch=True)
URIS = st.from_regex(r"sips?:[A-Za-z0-9.,;/?&=+$*'()!~_-]{1,70}@[a-z]{1,30}\.test", fullmatch=True)
RECORDS = st.builds(Record, USERS, TEXTS.filter(bool), URIS, TEXTS)


def without_lines(records: list[Record]) -> list[Record]:
    return [
        Record(each.user, each.list_name, each.uri, each.display_name, 0, each.problem) for each in records
    ]


@given(st.lists(RECORDS))
def test_table(records: list[Record]) -> None:
    text = "".join(formats.write(records, "csv"))
    assert without_lines(formats.read(text.encode())) == records


@given(RECORDS)
def test_card(record: Record) -> None:
    text = "".join(formats.write([record], "vcard"))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert without_lines(formats.read(text.encode(), record.user)) == [record]


@given(st.binary(max_size=300))
@pytest.mark.parametrize("start", [b"", b"uri\n", b"BEGIN:VCARD\n"])
def test_any_bytes_are_read_or_explained(start: bytes, data: bytes) -> None:
    try:
        formats.read(start + data, "alice@example.test", "friends")
    except formats.UnreadableFile as error:
        assert str(error)
