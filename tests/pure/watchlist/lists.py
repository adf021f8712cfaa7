"""List bodies, as a resource list server sends them."""

from __future__ import annotations

from rls.domain import multipart, rlmi
from rls.domain.aggregate import InstanceView, ResourceView, compose
from rls.domain.multipart import Part
from sipworker.watchlist import bodies
from sipworker.watchlist.bodies import ListBody

LIST = "sip:friends@example.test"
BOB, CLAIRE, DORA = (f"sip:{user}@example.test" for user in ("bob", "claire", "dora"))
PIDF = "application/pidf+xml"


def pidf(basic: str = "open", note: str = "") -> bytes:
    return (
        f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x"><tuple id="t"><status><basic>{basic}'
        f"</basic></status></tuple><note>{note}</note></presence>"
    ).encode()


def contact(uri: str, basic: str = "open", note: str = "") -> ResourceView:
    return ResourceView(uri, (), (InstanceView("1", "active", None, PIDF, pidf(basic, note)),))


def gone(uri: str, reason: str) -> ResourceView:
    return ResourceView(uri, (), (InstanceView("1", "terminated", reason),))


def encoded(version: int, full_state: bool, *resources: ResourceView, uri: str = LIST) -> tuple[str, bytes]:
    """Content-Type and body."""
    return compose(uri, version, full_state, (), resources, "rls.test", f"s{version}")


def full(version: int, *resources: ResourceView, uri: str = LIST) -> ListBody:
    return bodies.read(*encoded(version, True, *resources, uri=uri))


def partial(version: int, *resources: ResourceView, uri: str = LIST) -> ListBody:
    return bodies.read(*encoded(version, False, *resources, uri=uri))


def nested(version: int, full_state: bool, uri: str, inner: tuple[str, bytes]) -> tuple[str, bytes]:
    """A list whose resource `uri` is a list itself, with the inner body as its part."""
    instance = rlmi.Instance("1", "active", cid="inner@rls.test")
    meta = rlmi.ResourceList(LIST, version, full_state, resources=(rlmi.Resource(uri, (), (instance,)),))
    root = Part(rlmi.MEDIA_TYPE, rlmi.render(meta), "root@rls.test")
    return multipart.related([root, Part(*inner, "inner@rls.test")], "outer-boundary")


def nesting(version: int, full_state: bool, uri: str, inner: tuple[str, bytes]) -> ListBody:
    return bodies.read(*nested(version, full_state, uri, inner))
