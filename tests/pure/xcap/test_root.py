import pytest

from xcap.selectors import InvalidSelector
from xcap.selectors.root import XcapRoot

ROOT = XcapRoot({"xcap.example.test", "[::1]"}.__contains__, "example.test")
PATH = "xcap-root/resource-lists/users/sip:alice@example.test/index"


@pytest.mark.parametrize(
    "start", ["http://xcap.example.test", "https://XCAP.example.test:8443", "http://[::1]:8000"]
)
def test_own_uris_are_known_by_their_host(start: str) -> None:
    assert str(ROOT.absolute(f"{start}/{PATH}").document.owner) == "sip:alice@example.test"


@pytest.mark.req("X-K4")
@pytest.mark.parametrize(
    "start", ["http://foreign.test", "ftp://xcap.example.test", "http://[::2]", "//xcap.example.test", ""]
)
def test_foreign_uris_are_refused(start: str) -> None:
    with pytest.raises(InvalidSelector):
        ROOT.absolute(f"{start}/{PATH}")


@pytest.mark.req("X-J3")
def test_relative_references_start_at_the_root() -> None:
    assert ROOT.relative(PATH.removeprefix("xcap-root/")) == ROOT.absolute(f"http://[::1]/{PATH}")
