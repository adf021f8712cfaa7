import pytest

from rls.domain.packages import package


@pytest.mark.req("R4662-4.2-1")
@pytest.mark.parametrize(
    ("name", "expires"),
    [
        ("presence", 3600),
        ("dialog", 3600),
        ("message-summary", 3600),
        ("presence.winfo", 3600),
        ("reg", 3761),
        ("conference", 3600),
        ("xcap-diff", 3600),
        ("unheard-of", 3600),
    ],
)
def test_default_duration_in_seconds(name: str, expires: int) -> None:
    assert package(name).name == name
    assert package(name).default_expires == expires


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        pytest.param("presence", "application/pidf+xml", marks=pytest.mark.req("R3856-6.5-1")),
        pytest.param("dialog", "application/dialog-info+xml", marks=pytest.mark.req("R4235-3.1-1")),
        pytest.param("presence.winfo", "application/watcherinfo+xml", marks=pytest.mark.req("R3857-4.5-1")),
        pytest.param("winfo.winfo", "application/watcherinfo+xml", marks=pytest.mark.req("R3857-4.1-1")),
        pytest.param(
            "message-summary", "application/simple-message-summary", marks=pytest.mark.req("R3842-3.1-1")
        ),
    ],
)
def test_the_type_that_every_subscriber_accepts(name: str, media_type: str) -> None:
    assert package(name).accept == (media_type,)


@pytest.mark.req("R4235-3.9-1")
@pytest.mark.req("R3856-6.9-1")
def test_only_where_the_package_says_so_one_subscribe_makes_several_dialogs() -> None:
    names = ("presence", "dialog", "message-summary", "presence.winfo", "reg", "conference", "unheard-of")
    assert [name for name in names if package(name).forks] == ["dialog", "message-summary", "presence.winfo"]


@pytest.mark.req("R4662-4.6-3")
def test_the_last_body_wins_only_where_each_one_is_complete() -> None:
    names = ("presence", "message-summary", "dialog", "presence.winfo", "reg", "xcap-diff", "unheard-of")
    assert [name for name in names if package(name).full_state] == ["presence", "message-summary"]
