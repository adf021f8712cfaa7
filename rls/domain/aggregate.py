"""The body of a list NOTIFY: RLMI and the states it points to (RFC 4662 section 5)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rls.domain import multipart, rlmi
from rls.domain.dialog_shape import shaped
from rls.domain.profile import AS_THE_RFCS_SAY, Profile

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
    profile: Profile = AS_THE_RFCS_SAY,
) -> tuple[str, bytes]:
    """Content-Type and body. `seed` (a token) and `host` make the Content-IDs unique in the world.

    The same arguments give the same bytes.
    """
    named, dialogs_shaped = profile.named, profile.dialog_child or profile.one_dialog
    xml = [rlmi.list_opening(list_uri, version, full_state, names if named else ())]
    parts: list[tuple[str, str, bytes]] = []
    for resource in resources:
        xml.append(resource.opening if named else rlmi.resource_opening(resource.uri, ()))
        for instance in resource.instances:
            cid = None
            if instance.body and (instance.state != "terminated" or instance.reason == "invariant"):
                cid = f"{seed}.{len(parts) + 1}@{host}"
                body = _shaped(instance, profile) if dialogs_shaped else instance.body
                parts.append((cid, instance.content_type, body))
            elif instance.state == "active":
                continue  # the state is not known yet, and active must name a part (RFC 4662 section 5.5)
            reason = instance.reason or _DEFAULT_REASONS.get(instance.state)
            xml.append(rlmi.instance_element(instance.id, instance.state, reason, cid))
        xml.append(rlmi.RESOURCE_CLOSING)
    xml.append(rlmi.LIST_CLOSING)
    root = (f"{seed}.0@{host}", _RLMI_TYPE, "".join(xml).encode())
    parts.insert(len(parts) if profile.root_last else 0, root)
    return _related(parts, root[0], f"rls.{seed}", profile.parts)


def _shaped(instance: InstanceView, profile: Profile) -> bytes:
    return shaped(instance.content_type, instance.body, profile.dialog_child, profile.one_dialog)


_Parts = Sequence[tuple[str, str, bytes]]


def _related(parts: _Parts, root_id: str, boundary: str, style: multipart.PartStyle) -> tuple[str, bytes]:
    while True:
        body = _joined(parts, boundary, style)
        if body.count(b"--" + boundary.encode()) == len(parts) + 1:
            return multipart.content_type(rlmi.MEDIA_TYPE, root_id, boundary, style), body
        # Some part holds the boundary. A hash over that part cannot be foreseen by its author.
        boundary = hashlib.blake2b(body, digest_size=16).hexdigest()


def _joined(parts: _Parts, boundary: str, style: multipart.PartStyle) -> bytes:
    pieces: list[bytes] = []
    for cid, content_type, body in parts:
        pieces += (multipart.part_head(boundary, cid, content_type, len(body), style), body)
        pieces.append(multipart.LINE_END)
    pieces.append(multipart.closing(boundary))
    return b"".join(pieces)
