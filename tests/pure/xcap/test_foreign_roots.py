"""The foreign XCAP roots that may be asked, and what is below them."""

from __future__ import annotations

import pytest

from xcap.foreign.roots import ForeignRoot, InvalidRoot, Roots
from xcap.selectors import InvalidSelector, Xui

ROOT = ForeignRoot.parse("https://rls:s%40cret@XCAP.example.com:443/xcap-root")


def test_user_and_password_are_no_part_of_the_url_and_are_not_shown() -> None:
    assert (ROOT.url, ROOT.user, ROOT.password) == ("https://xcap.example.com/xcap-root/", "rls", "s@cret")
    assert "cret" not in repr(ROOT)


@pytest.mark.parametrize(
    "text", ["xcap.example.com", "ftp://x/", "http://", "http://x:99999/", "http://x/?a"]
)
def test_what_is_no_root_is_refused(text: str) -> None:
    with pytest.raises(InvalidRoot):
        ForeignRoot.parse(text)


@pytest.mark.req("R4825-6.3-1")
def test_users_and_services_are_percent_encoded() -> None:
    assert ROOT.user_index(Xui("jo é", "x")) == (
        "https://xcap.example.com/xcap-root/rls-services/users/sip:jo%20%C3%A9@x/index"
    )
    service = ROOT.global_service("sip:a'b;x@c").rpartition("/")[2]
    assert service == "service%5B@uri=%22sip:a%27b;x@c%22%5D"


@pytest.mark.req("R4826-3.1-2")
def test_reference_is_a_document_and_a_node_in_it() -> None:
    node = "/~~/resource-lists/list%5b@name=%22l1%22%5d"
    place = ROOT.place(f"https://xcap.example.com/xcap-root/resource-lists/users/sip:a@b/index{node}")
    assert place is not None
    assert place.url == "https://xcap.example.com/xcap-root/resource-lists/users/sip:a@b/index"
    assert place.target.node == 'resource-lists/list[@name="l1"]'


@pytest.mark.req("R4826-4.1-3")
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/xcap-root/resource-lists/users/a@b/index",
        "http://xcap.example.com/xcap-root/resource-lists/users/a@b/index",
        "https://xcap.example.com:8443/xcap-root/resource-lists/users/a@b/index",
        "https://xcap.example.com@evil.example.com/xcap-root/resource-lists/users/a@b/index",
        "https://xcap.example.com/other/resource-lists/users/a@b/index",
        "https://xcap.example.com/xcap-root/../resource-lists/users/a@b/index",
        "https://xcap.example.com/xcap-root/resource-lists/users/a@b/%2e%2e/index",
        "https://[::1/xcap-root/",
        "file:///etc/passwd",
    ],
)
def test_nothing_else_is_below_a_root(url: str) -> None:
    with pytest.raises(InvalidSelector):
        Roots((ROOT,)).place(url)


@pytest.mark.parametrize("reference", ["//evil.test/a/users/b@c/d", "../users/a", "a/users/b@c/..", ""])
def test_relative_reference_stays_below_the_root(reference: str) -> None:
    with pytest.raises(InvalidSelector):
        ROOT.relative(reference)
