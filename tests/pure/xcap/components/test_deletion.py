import pytest

from tests.pure.xcap.components.parts import delete, refused_delete
from xcap.selectors import NoMatch

DOCUMENT = '<r> <a k="1"/>\n<!--c--><a k="2"><x/></a> <b/>t</r>'


@pytest.mark.req("X-F2")
@pytest.mark.req("X-F4")
@pytest.mark.req("X-F5")
@pytest.mark.parametrize(
    ("node", "gone"),
    [
        ('r/a[@k="1"]', '<a k="1"/>'),
        ('r/a[1][@k="1"]', '<a k="1"/>'),
        ("r/a[2]", '<a k="2"><x/></a>'),
        ("r/b", "<b/>"),
        ("r/*[3]", "<b/>"),
        ("*/a[2]/x", "<x/>"),
    ],
)
def test_element_goes_and_nothing_around_it(node: str, gone: str) -> None:
    once = delete(DOCUMENT, node)
    assert once == DOCUMENT.replace(gone, "")
    with pytest.raises(NoMatch):
        delete(once, node)


@pytest.mark.req("X-F3")
@pytest.mark.req("X-F4")
@pytest.mark.req("X-H9")
@pytest.mark.parametrize("node", ["r/a[1]", "r/*[1]", "r/*[2]"])
def test_delete_that_would_not_be_idempotent_is_refused(node: str) -> None:
    assert refused_delete(DOCUMENT, node).element == "cannot-delete"


@pytest.mark.req("X-F6")
def test_root_element_stays() -> None:
    assert refused_delete(DOCUMENT, "r").element == "schema-validation-error"


@pytest.mark.req("X-F2")
@pytest.mark.parametrize("node", ["r/a", "r/c", "r/a[3]", "other", "r/a[0]"])
def test_none_or_several_is_no_match(node: str) -> None:
    with pytest.raises(NoMatch):
        delete(DOCUMENT, node)
