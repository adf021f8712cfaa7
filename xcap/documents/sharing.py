"""Who may subscribe to a list, as its service says: an extension of rls-services (RFC 4826 section 6)."""

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from xcap.documents.splice import Splices, qualified
from xcap.namespaces import SHARING_NS

SHARING: Final = f"{{{SHARING_NS}}}sharing"
USER: Final = f"{{{SHARING_NS}}}user"
ACCESSES: Final = ("owner", "users", "domain", "anyone")


@dataclass(frozen=True, slots=True)
class Sharing:
    """`access` is one of ACCESSES; with "users", `users` are the SIP URIs of those besides the owner."""

    access: str
    users: tuple[str, ...] = ()


def read(service: etree._Element) -> Sharing | None:
    """None: RLS_LIST_ACCESS counts. What cannot be understood opens the list to nobody."""
    element = service.find(SHARING)
    if element is None:
        return None
    access = element.get("access", "")
    users = tuple(user.get("uri", "").strip() for user in element.iterchildren(USER))
    return Sharing(access, users) if access in ACCESSES else Sharing("owner")


def xml(parent: etree._Element, sharing: Sharing) -> str:
    name, declaration = qualified(parent, SHARING_NS, "sharing")
    start = f"<{name}{declaration} access={quoteattr(sharing.access)}"
    user = name.removesuffix("sharing") + "user"
    users = "".join(f"<{user} uri={quoteattr(uri)}/>" for uri in sharing.users)
    return f"{start}>{users}</{name}>" if users else f"{start}/>"


def write(edit: Splices, service: etree._Element, sharing: Sharing | None) -> None:
    """Say it in a service; None takes it out."""
    known = service.find(SHARING)
    if known is not None and sharing is not None:
        edit.replace(known, xml(service, sharing).encode())
    elif known is not None:
        edit.remove(known)
    elif sharing is not None:
        edit.insert(service, xml(service, sharing).encode(), service[-1] if len(service) else None)
