"""The body of a list NOTIFY: RLMI and the states it points to (RFC 4662 section 5)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rls.domain import multipart, rlmi

_RLMI_TYPE = f'{rlmi.MEDIA_TYPE};charset="UTF-8"'
_DEFAULT_REASONS = {"terminated": "giveup"}  # it must have one (RFC 4662 section 5.5)


@dataclass(slots=True)
class InstanceView:
    """One back-end subscription as its watcher may see it; `body` is passed on untouched."""

    id: str
    state: rlmi.State
    reason: str | None = None
    content_type: str = ""
    body: bytes = b""


@dataclass(slots=True)
class ResourceView:
    """One resource of a list. Keep it as long as the list: its opening tag is made once."""

    uri: str
    names: Sequence[rlmi.Name] = ()
    instances: Sequence[InstanceView] = ()
    opening: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.opening = rlmi.resource_opening(self.uri, self.names)


def compose(
    list_uri: str,
    version: int,
    full_state: bool,
    names: tuple[rlmi.Name, ...],
    resources: Iterable[ResourceView],
    host: str,
    seed: str,
) -> tuple[str, bytes]:
    """Content-Type and body. `seed` (a token) and `host` make the Content-IDs unique in the world.

    The same arguments give the same bytes.
    """
    xml = [rlmi.list_opening(list_uri, version, full_state, names)]
    parts: list[tuple[str, str, bytes]] = []
    for resource in resources:
        xml.append(resource.opening)
        for instance in resource.instances:
            cid = None
            if instance.body and instance.state != "terminated":
                cid = f"{seed}.{len(parts) + 1}@{host}"
                parts.append((cid, instance.content_type, instance.body))
            elif instance.state == "active":
                continue  # the state is not known yet, and active must name a part (RFC 4662 section 5.5)
            reason = instance.reason or _DEFAULT_REASONS.get(instance.state)
            xml.append(rlmi.instance_element(instance.id, instance.state, reason, cid))
        xml.append(rlmi.RESOURCE_CLOSING)
    xml.append(rlmi.LIST_CLOSING)
    parts.insert(0, (f"{seed}.0@{host}", _RLMI_TYPE, "".join(xml).encode()))
    return _related(parts, f"rls.{seed}")


def _related(parts: Sequence[tuple[str, str, bytes]], boundary: str) -> tuple[str, bytes]:
    while True:
        body = _joined(parts, boundary)
        if body.count(b"--" + boundary.encode()) == len(parts) + 1:
            return multipart.content_type(rlmi.MEDIA_TYPE, parts[0][0], boundary), body
        # Some part holds the boundary. A hash over that part cannot be foreseen by its author.
        boundary = hashlib.blake2b(body, digest_size=16).hexdigest()


def _joined(parts: Sequence[tuple[str, str, bytes]], boundary: str) -> bytes:
    pieces: list[bytes] = []
    for cid, content_type, body in parts:
        pieces += (multipart.part_head(boundary, cid, content_type), body, multipart.LINE_END)
    pieces.append(multipart.closing(boundary))
    return b"".join(pieces)
