"""What is found in the body of a SUBSCRIBE, wherever in it."""

from __future__ import annotations

import pytest

from rls.domain.brought import DEEPEST, MOST, Brought, read
from rls.domain.multipart import MalformedMultipart
from tests.pure.growth import grows_linearly

LIST = b"Content-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list\r\n\r\n<list/>"
FILTER = b"Content-Type: application/simple-filter+xml\r\n\r\n<filter/>"
ODD = b"Content-Type: Text/Odd\r\n\r\nodd"
OPTIONAL = b"Content-Type: text/odd\r\nContent-Disposition: render; Handling=Optional\r\n\r\nodd"


def parts(*pieces: bytes, kind: str = "mixed", boundary: str = "b") -> bytes:
    """A multipart as a part: its Content-Type, then its body."""
    delimiter = f"--{boundary}".encode()
    lines = [line for piece in pieces for line in (delimiter, piece)]
    head = f"Content-Type: multipart/{kind};boundary={boundary}\r\n\r\n".encode()
    return head + b"\r\n".join([*lines, delimiter + b"--", b""])


def brought(part: bytes, *, takes_lists: bool = True, expects_list: bool = False) -> Brought:
    head, _, body = part.partition(b"\r\n\r\n")
    rows = dict(row.split(": ") for row in head.decode().split("\r\n"))
    return read(
        rows["Content-Type"],
        rows.get("Content-Disposition", ""),
        body,
        takes_lists=takes_lists,
        expects_list=expects_list,
    )


def inner(*pieces: bytes, kind: str = "mixed") -> bytes:
    return parts(*pieces, kind=kind, boundary="inner")


A_LIST, A_FILTER = Brought(lists=(b"<list/>",)), Brought(filters=(b"<filter/>",))
BOTH = Brought(A_FILTER.filters, A_LIST.lists)
NEITHER, UNKNOWN = Brought(), Brought(unknown=("text/odd",))


@pytest.mark.req("R5621-4.2-1", "R5621-8.4-1", "R5363-4.1-1")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LIST, A_LIST),
        (FILTER, A_FILTER),
        (ODD, UNKNOWN),
        (OPTIONAL, NEITHER),
        (parts(LIST, FILTER), BOTH),
        (parts(LIST, LIST), Brought(lists=A_LIST.lists * 2)),
        (parts(LIST, ODD), Brought(lists=A_LIST.lists, unknown=UNKNOWN.unknown)),
        (parts(LIST, OPTIONAL), A_LIST),
        (parts(inner(LIST), FILTER), BOTH),
        (parts(inner(LIST, FILTER, kind="odd")), BOTH),
        (parts(FILTER, inner(LIST, ODD, kind="alternative")), BOTH),
        (parts(FILTER, inner(ODD, LIST, kind="alternative")), BOTH),
        (parts(FILTER, LIST, kind="alternative"), A_LIST),
        (parts(ODD, OPTIONAL, kind="alternative"), Brought(unknown=UNKNOWN.unknown * 2)),
        (parts(LIST, ODD, kind="related"), A_LIST),
        (parts(kind="related"), NEITHER),
        (parts(), NEITHER),
    ],
)
def test_parts_are_found_and_known(body: bytes, expected: Brought) -> None:
    assert brought(body) == expected


def test_list_is_one_of_recipients_where_it_says_so_or_is_expected() -> None:
    bare = LIST.replace(b"\r\nContent-Disposition: recipient-list", b"")
    other = LIST.replace(b"recipient-list", b"render")
    assert brought(parts(bare), expects_list=True) == A_LIST
    unknown = Brought(unknown=("application/resource-lists+xml",))
    assert brought(parts(bare)) == brought(parts(other), expects_list=True) == unknown
    assert brought(LIST, takes_lists=False, expects_list=True) == unknown


def nested(depth: int, core: bytes = LIST) -> bytes:
    for level in range(depth):
        core = parts(core, boundary=f"{level}.")
    return core


@pytest.mark.req("R5621-4.2-1")
def test_only_so_deep_is_looked() -> None:
    assert brought(nested(DEEPEST)) == A_LIST
    assert brought(nested(DEEPEST + 1)) == Brought(unknown=("multipart/mixed",))


def test_parts_are_counted_altogether() -> None:
    assert brought(parts(*[OPTIONAL] * MOST)) == NEITHER
    for body in (parts(*[OPTIONAL] * (MOST + 1)), parts(inner(*[OPTIONAL] * MOST))):
        with pytest.raises(MalformedMultipart, match="too many parts"):
            brought(body)


def test_hostile_nesting_costs_no_more_than_its_length() -> None:
    bodies = {size: nested(size) for size in (50, 400)}
    assert grows_linearly(lambda size: brought(bodies[size]), 50)
