"""The body of a NOTIFY from a list: RLMI and the parts it names (RFC 4662 section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rls.domain import multipart, rlmi
from rls.domain.multipart import Part


class UnreadableBody(ValueError):
    """A list body that breaks its format; the text says where."""


@dataclass(frozen=True, slots=True)
class ListBody:
    """`parts` by Content-ID; a part may be a list body itself."""

    meta: rlmi.ResourceList
    parts: Mapping[str, Part]

    def part_of(self, instance: rlmi.Instance) -> Part | None:
        # Some servers write the cid as a URL or as the header has it.
        cid = (instance.cid or "").removeprefix("cid:").strip("<>")
        return self.parts.get(cid) if cid else None


def is_list(content_type: str) -> bool:
    kind, _ = multipart.media_type(content_type)
    return kind == rlmi.MEDIA_TYPE or kind.startswith("multipart/")


def read(content_type: str, body: bytes) -> ListBody:
    """Raises UnreadableBody."""
    kind, _ = multipart.media_type(content_type)
    try:
        if kind == rlmi.MEDIA_TYPE:
            return ListBody(rlmi.parse(body), {})
        parts = multipart.parse(content_type, body)
        return ListBody(rlmi.parse(_root(parts).body), {part.content_id or "": part for part in parts})
    except (multipart.MalformedMultipart, rlmi.MalformedRlmi) as error:
        raise UnreadableBody(str(error)) from error


def _root(parts: list[Part]) -> Part:
    for part in parts:
        if multipart.media_type(part.content_type)[0] == rlmi.MEDIA_TYPE:
            return part
    raise UnreadableBody(f"none of {len(parts)} parts is {rlmi.MEDIA_TYPE}")


def alone(uri: str, version: int, state: rlmi.State, content_type: str, body: bytes) -> ListBody:
    """A body that is no list, in the shape of one: the resource answers for itself."""
    instance = rlmi.Instance("", state, cid="alone" if body else None)
    meta = rlmi.ResourceList(uri, version, True, resources=(rlmi.Resource(uri, instances=(instance,)),))
    return ListBody(meta, {"alone": Part(content_type, body)})
