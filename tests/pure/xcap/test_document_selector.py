import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcap.selectors import InvalidSelector, Target, Xui, parse_target
from xcap.selectors.document import DocumentSelector

ALICE = Xui("alice", "example.test")
INDEX = "/xcap-root/resource-lists/users/sip:alice@example.test/index"


def parse(target: str) -> Target:
    return parse_target(target, default_domain="example.test")


@pytest.mark.req("X-A7")
@pytest.mark.req("X-A8")
@pytest.mark.req("X-A11")
def test_document_of_a_user() -> None:
    assert parse(INDEX) == Target(DocumentSelector("resource-lists", ALICE, "index"), None, "")


@pytest.mark.req("X-A7")
def test_document_of_the_global_tree_has_no_owner() -> None:
    assert parse("/xcap-root/xcap-caps/global/index").document.owner is None


@pytest.mark.req("X-A10")
@pytest.mark.parametrize(
    "xui",
    [
        "sip:alice@example.test",
        "sip%3Aalice%40EXAMPLE.test",
        "SIPS:alice@example.test",
        "alice@example.test",
        "alice",
    ],
)
def test_user_is_known_in_every_form(xui: str) -> None:
    assert parse(f"/xcap-root/resource-lists/users/{xui}/index").document.owner == ALICE


def test_bare_user_without_default_domain_is_nobody() -> None:
    with pytest.raises(InvalidSelector):
        parse_target(INDEX.replace("sip:alice@example.test", "alice"), default_domain="")


@pytest.mark.req("X-A9")
@pytest.mark.req("X-P5")
def test_encoded_slash_in_the_user_does_not_split() -> None:
    owner = parse("/xcap-root/resource-lists/users/sip:a%2Fb@example.test/index").document.owner
    assert owner == Xui("a/b", "example.test")


@pytest.mark.req("X-A12")
def test_directories_stay_in_the_path() -> None:
    document = parse(f"{INDEX}/deeper/name").document
    assert (document.path, document.directory) == ("index/deeper/name", "index/deeper")


@pytest.mark.req("X-A1")
@pytest.mark.req("X-A3")
@pytest.mark.parametrize("separator", ["~~", "%7E%7E", "%7e~"])
def test_node_selector_begins_behind_the_separator(separator: str) -> None:
    target = parse(f"{INDEX}/{separator}/resource-lists/list%5B1%5D?xmlns(a=b)")
    assert (target.node, target.query) == ("resource-lists/list[1]", "xmlns(a=b)")


@pytest.mark.req("X-A2")
def test_only_the_first_separator_separates() -> None:
    assert (
        parse(f'{INDEX}/~~/resource-lists/list[@name="a/~~/b"]').node == 'resource-lists/list[@name="a/~~/b"]'
    )


@pytest.mark.req("X-A16")
def test_node_selector_is_decoded_as_utf_8() -> None:
    assert parse(f"{INDEX}/~~/%C3%80").node == "À"


def test_absolute_form_of_a_proxy_is_understood() -> None:
    assert parse(f"http://xcap.example.test{INDEX}") == parse(INDEX)


@pytest.mark.req("X-A4")
@pytest.mark.req("X-A7")
@pytest.mark.parametrize(
    "target",
    [
        "/xcap-root/",
        "/xcap-root",
        "/other/resource-lists/users/alice/index",
        "/xcap-root/resource-lists/users/alice",
        "/xcap-root/resource-lists/users/alice/",
        "/xcap-root/resource-lists/users//index",
        "/xcap-root/resource-lists/users/@example.test/index",
        "/xcap-root/resource-lists/somebody/alice/index",
        "/xcap-root/resource-lists/users/alice/../index",
        "/xcap-root/resource-lists/users/alice/a%2Fb",
    ],
)
def test_what_names_no_document_is_not_found(target: str) -> None:
    with pytest.raises(InvalidSelector) as refused:
        parse(target)
    assert refused.value.status == 404


@pytest.mark.parametrize("name", ["%FF", "%00", "a%0Ab"])
def test_escapes_that_are_no_text_are_bad_requests(name: str) -> None:
    with pytest.raises(InvalidSelector) as refused:
        parse(f"/xcap-root/resource-lists/users/alice/{name}")
    assert refused.value.status == 400


@given(
    st.text() | st.text("/~%0123456789:@?[]\"'").map(lambda tail: f"/xcap-root/resource-lists/users/{tail}")
)
def test_any_target_is_parsed_or_refused(target: str) -> None:
    try:
        document = parse(target).document
    except InvalidSelector as refused:
        assert refused.status in (400, 404)
    else:
        assert document.auid and document.path
        assert "\0" not in document.path


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_home_directory_leads_back_to_its_owner(username: str) -> None:
    owner = Xui(username, "example.test")
    home = DocumentSelector("resource-lists", owner, "index").home()
    assert parse(f"/xcap-root/{home}index").document.owner == owner
