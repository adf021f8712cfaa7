"""Lists edited, imported, checked and restored by people, with a mouse or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LogIn, Shoot
from tests.browser.test_operations import accessible
from tests.django.xcap.documents import inline, lists, services

if TYPE_CHECKING:
    from xcap.models import Document

BODY = lists(
    '\n  <list name="friends">\n'
    '    <entry uri="sip:bob@example.test"><display-name>Bob</display-name></entry>\n'
    '    <!-- of the team --><entry uri="sip:claire@example.test"><x xmlns="urn:x"/></entry>\n'
    '    <entry uri="sip:dave@example.test"/>\n'
    "  </list>\n"
    '  <list name="family"/>\n'
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = (
    "[...document.querySelectorAll('#result_list td, #result_list th')]"
    ".filter(cell => cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 1)"
    ".length"
)
BOB, CLAIRE, DAVE = (f"sip:{name}@example.test" for name in ("bob", "claire", "dave"))


@pytest.fixture
def document(server: str) -> Document:
    from rls.models import Subscriber
    from xcap import store
    from xcap.selectors import DocumentSelector, Xui
    from xcap.usages import RESOURCE_LISTS, RLS_SERVICES

    alice = Xui("lisa", "example.test")
    Subscriber.objects.create(username="lisa", domain="example.test")
    double = services(inline("sip:team@example.test", BOB, "sip:bob@EXAMPLE.test", "tel:+49301234"))
    store.put(RLS_SERVICES, DocumentSelector("rls-services", alice, "index"), double)
    return store.put(RESOURCE_LISTS, DocumentSelector("resource-lists", alice, "index"), BODY)[0]


def open_editor(page: Page, document: Document) -> None:
    page.get_by_role("link", name="Documents").first.click()
    page.locator(f"#result_list a[href*='/document/{document.pk}/']").first.click()
    page.get_by_role("link", name="Edit as list").click()


def addresses(page: Page) -> list[str]:
    return [field.input_value() for field in rows(page).locator("[name=uri]").all()]


def rows(page: Page) -> Locator:
    return page.locator("[data-rows] > .lists-row")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def stored(document: Document) -> bytes:
    document.refresh_from_db()
    return bytes(document.doc)


def test_list_is_rearranged_by_keyboard_only(log_in: LogIn, document: Document) -> None:
    page = log_in()
    open_editor(page, document)
    page.locator("[name=uri]").nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-status]")).to_have_text(f"{DAVE} is now number 2 of 3.")
    assert addresses(page) == [BOB, DAVE, CLAIRE]
    page.keyboard.press("Enter")
    page.keyboard.type("zoe@example.test")
    page.keyboard.press("Tab")
    page.keyboard.type("Zoë <&>")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The list friends is saved.")).to_be_visible()
    assert addresses(page) == [BOB, DAVE, "sip:zoe@example.test", CLAIRE]
    body = stored(document)
    assert b'<!-- of the team --><entry uri="sip:claire@example.test"><x xmlns="urn:x"/></entry>' in body
    assert "<display-name>Zoë &lt;&amp;&gt;</display-name>".encode() in body


def test_row_is_dragged_and_removed(log_in: LogIn, document: Document) -> None:
    page = log_in()
    open_editor(page, document)
    expect(rows(page)).to_have_count(3)
    rows(page).nth(2).locator("[data-handle]").drag_to(rows(page).nth(0), target_position={"x": 40, "y": 2})
    assert addresses(page) == [DAVE, BOB, CLAIRE]
    rows(page).nth(1).get_by_role("button", name="Remove").click()
    save(page)
    expect(page.get_by_text("The list friends is saved.")).to_be_visible()
    assert addresses(page) == [DAVE, CLAIRE]
    assert b"sip:bob@" not in stored(document)


def test_pasted_lines_become_rows_and_mistakes_are_marked(
    log_in: LogIn, document: Document, shoot: Shoot
) -> None:
    page = log_in()
    open_editor(page, document)
    page.locator("summary", has_text="Add by paste").click()
    page.locator("#paste").fill(f"Eve Adams <sip:eve@example.test>\n{BOB}, Bob again\n101")
    page.get_by_role("button", name="Add these").click()
    expect(rows(page)).to_have_count(6)
    assert addresses(page) == [BOB, CLAIRE, DAVE, "sip:eve@example.test", BOB, "101"]
    assert stored(document) == BODY
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved: correct the marked rows.")
    expect(page.locator(".lists-problem")).to_have_text(
        [
            "This entry stands further up already; remove one of them.",
            "'101' is not a SIP URI; write it as sip:name@domain",
        ]
    )
    shoot(page, "list-editor")
    rows(page).nth(5).get_by_role("button", name="Remove").click()
    rows(page).nth(4).get_by_role("button", name="Remove").click()
    save(page)
    expect(page.get_by_text("The list friends is saved.")).to_be_visible()
    assert b"<display-name>Eve Adams</display-name>" in stored(document)


def test_new_list_is_named_and_filled(log_in: LogIn, document: Document) -> None:
    page = log_in()
    open_editor(page, document)
    page.get_by_label("Name of a new list").fill("work & play")
    page.get_by_role("button", name="New").click()
    page.get_by_role("button", name="Add a row").click()
    page.keyboard.type(BOB)
    save(page)
    expect(page.get_by_text("The list work & play is saved.")).to_be_visible()
    assert b'<list name="work &amp; play">' in stored(document)


def test_change_by_somebody_else_is_not_overwritten(log_in: LogIn, document: Document) -> None:
    from xcap import store

    page = log_in()
    open_editor(page, document)
    store.put(document.usage, document.selector, lists(""))
    page.get_by_role("button", name="Move down").first.click()
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has changed this document meanwhile")
    assert stored(document) == lists("")


def test_old_version_is_restored(log_in: LogIn, document: Document, shoot: Shoot) -> None:
    page = log_in()
    open_editor(page, document)
    page.get_by_role("button", name="Remove").first.click()
    save(page)
    page.locator("form").get_by_role("link", name="History").click()
    expect(page.locator(".lists-version").first).to_contain_text("admin (admin)")
    expect(page.locator(".lists-removed").first).to_contain_text(BOB)
    shoot(page, "history")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("The old version is restored.")).to_be_visible()
    expect(page.locator(".lists-version")).to_have_count(3)
    assert stored(document) == BODY


def test_deleted_document_comes_back(log_in: LogIn, document: Document) -> None:
    from xcap import store
    from xcap.models import Document

    store.delete(document.usage, document.selector)
    page = log_in()
    page.get_by_role("link", name="Versions").first.click()
    page.locator("#result_list .data-row").first.get_by_role("link").first.click()
    expect(page.locator(".lists-version h2").first).to_have_text("Deleted")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("The old version is restored.")).to_be_visible()
    assert bytes(Document.objects.get(doc_type=document.doc_type).doc) == BODY


def test_import_is_tried_first_and_then_done(log_in: LogIn, document: Document, shoot: Shoot) -> None:
    page = log_in()
    page.get_by_role("link", name="Documents").first.click()
    page.get_by_role("link", name="Import").click()
    table = b"user,list,uri,name\nlisa@example.test,friends,eve@example.test,Eve\nlisa@example.test,x,101,\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": table}
    )
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible()
    expect(page.locator(".lists-added")).to_have_text("+ line 2: sip:eve@example.test Eve")
    expect(page.locator(".lists-removed")).to_contain_text("'101' is not a SIP URI")
    shoot(page, "import")
    assert stored(document) == BODY
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="1 list refused, nothing of it was written")).to_be_visible()
    assert b"sip:eve@example.test" in stored(document)


def test_import_says_when_the_server_goes_away(log_in: LogIn, document: Document) -> None:
    page = log_in()
    page.get_by_role("link", name="Documents").first.click()
    page.get_by_role("link", name="Import").click()
    page.locator("#id_text").fill("user,list,uri\nlisa@example.test,friends,eve@example.test\n")
    page.route("**/import/", lambda route: route.fulfill(body='{"done": 1, "of": 2}\n'))
    page.get_by_role("button", name="Import").click()
    expect(page.locator("[data-status]")).to_contain_text("The server did not answer to the end.")
    page.unroute("**/import/")
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator("[data-status]")).to_have_text("1 of 1 lists")
    expect(page.get_by_role("heading", name="This is what would happen")).to_be_visible()


def test_lists_are_downloaded(log_in: LogIn, document: Document) -> None:
    page = log_in()
    page.get_by_role("link", name="Documents").first.click()
    page.get_by_role("link", name="Export").click()
    page.get_by_label("User").fill("lisa@example.test")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "lists.csv"
    assert download.value.path().read_text().splitlines()[1] == f"lisa@example.test,friends,{BOB},Bob"


def test_report_leads_to_the_list(log_in: LogIn, document: Document) -> None:
    page = log_in()
    page.get_by_role("link", name="Documents").first.click()
    page.get_by_role("link", name="Check").click()
    expect(page.locator(".lists-table tbody tr")).to_have_count(2)
    expect(page.locator(".lists-table")).to_contain_text("sip:bob@EXAMPLE.test stands there twice")
    page.locator(".lists-table").get_by_role("link", name="sip:team@example.test").first.click()
    expect(rows(page)).to_have_count(3)
    assert addresses(page) == [BOB, "sip:bob@EXAMPLE.test", "tel:+49301234"]


def test_service_is_shared_with_named_users(log_in: LogIn, document: Document, shoot: Shoot) -> None:
    from xcap.models import Document

    services_of_lisa = Document.objects.get(doc_uri="index", service_uris__uri="sip:team@example.test")
    page = log_in()
    open_editor(page, services_of_lisa)
    page.get_by_role("link", name="Who may subscribe").click()
    access = page.get_by_label("Who may subscribe to sip:team@example.test", exact=True)
    users = page.get_by_label("Users who may subscribe to sip:team@example.test")
    expect(access.locator("option:checked")).to_have_text("By default: the owner alone")
    expect(users).to_be_hidden()
    access.select_option("The owner and these users")
    users.fill("tel:+49301234")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved: correct what is marked.")
    expect(page.locator(".lists-problem")).to_contain_text("'tel:+49301234' is not a SIP URI")
    accessible(page, ".lists")
    users.fill(f"Bob <{BOB}>\ncarol@example.test")
    save(page)
    expect(page.get_by_text("It is saved.")).to_be_visible()
    expect(users).to_have_value(f"{BOB}\nsip:carol@example.test")
    shoot(page, "sharing")
    assert b'<user uri="sip:carol@example.test"/></sharing>' in stored(services_of_lisa)
    access.select_option("Anyone")
    expect(users).to_be_hidden()
    save(page)
    expect(access.locator("option:checked")).to_have_text("Anyone")
    assert b'<sharing xmlns="urn:rls:sharing" access="anyone"/>' in stored(services_of_lisa)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone(log_in: LogIn, server: str, document: Document, scheme: str) -> None:
    from xcap.models import Document

    services_of_lisa = Document.objects.get(doc_uri="index", service_uris__uri="sip:team@example.test")
    own, shared = (f"document/{each.pk}" for each in (document, services_of_lisa))
    pages = (
        *(f"{own}/{path}" for path in ("lists/?list=friends", "history/", "change/")),
        *(f"{shared}/{path}" for path in ("sharing/", "lists/", "change/")),
        *(f"document/{path}" for path in ("", "add/", "import/", "export/", "check/")),
        *("version/", "serviceuri/"),
    )
    page = log_in(width=390, height=844, scheme=scheme)
    wide = {}
    for path in pages:
        page.goto(f"{server}/admin/xcap/{path}")
        wide[path] = page.evaluate(OVERFLOW) + page.evaluate(CUT_OFF)
    assert wide == dict.fromkeys(pages, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(log_in: LogIn, server: str, document: Document, scheme: str) -> None:
    """Labels, contrast, structure: of what is ours on these pages axe-core finds nothing wrong."""
    page = log_in(scheme=scheme)
    for path in (
        f"{document.pk}/lists/?list=friends",
        f"{document.pk}/history/",
        "import/",
        "export/",
        "check/",
    ):
        page.goto(f"{server}/admin/xcap/document/{path}")
        accessible(page, ".lists")
