"""List bodies, also as other servers write them."""

from __future__ import annotations

import pytest

from rls.domain import multipart, rlmi
from rls.domain.multipart import Part
from sipworker.watchlist import bodies
from sipworker.watchlist.bodies import UnreadableBody
from sipworker.watchlist.table import ListTable
from tests.pure.watchlist.lists import BOB, LIST, PIDF, pidf


def with_cid(cid: str) -> rlmi.ResourceList:
    instance = rlmi.Instance("1", "active", cid=cid)
    return rlmi.ResourceList(LIST, 0, True, resources=(rlmi.Resource(BOB, (), (instance,)),))


def test_rlmi_alone_is_a_list_without_states() -> None:
    meta = with_cid("x@y")
    body = bodies.read(rlmi.MEDIA_TYPE, rlmi.render(meta))
    assert body.meta == meta
    assert body.part_of(meta.resources[0].instances[0]) is None


@pytest.mark.parametrize("cid", ["bob@y", "<bob@y>", "cid:bob@y"])
def test_part_is_found_however_the_cid_is_written(cid: str) -> None:
    root = Part(rlmi.MEDIA_TYPE, rlmi.render(with_cid(cid)), "root@y")
    body = bodies.read(*multipart.related([root, Part(PIDF, pidf(), "bob@y")], "b"))
    part = body.part_of(body.meta.resources[0].instances[0])
    assert part and part.body == pidf()


def test_rlmi_need_not_be_the_first_part() -> None:
    parts = [Part(PIDF, pidf(), "bob@y"), Part(rlmi.MEDIA_TYPE, rlmi.render(with_cid("bob@y")), "root@y")]
    assert bodies.read(*multipart.related(parts, "b")).meta.uri == LIST


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/related;boundary=b", b"no delimiter"),
        ("multipart/related", b""),
        ("multipart/related;boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"),
        (rlmi.MEDIA_TYPE, b"<list/>"),
    ],
)
def test_broken_list_is_unreadable(content_type: str, body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        bodies.read(content_type, body)


def test_single_resource_is_shown_as_a_list_of_itself() -> None:
    table = ListTable()
    table.apply(bodies.alone(BOB, 0, "active", PIDF, pidf("closed")), 0.0)
    said = table.rows[BOB].instances[""].said
    assert said and said.state == "closed"
