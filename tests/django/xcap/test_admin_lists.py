"""The pages of lists in the admin: who may do what, and what they answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from rls.domain import xmlinput
from tests.django.xcap.documents import friends, lists

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put
    from xcap.models import Document

BODY = friends("sip:bob@example.test", "tel:+49301234")


@pytest.fixture
def document(put: Put) -> Document:
    return put("resource-lists", BODY)


@pytest.fixture
def viewer(client: Client, django_user_model: Any) -> Client:
    """Logged in as somebody who may look at everything of XCAP and change nothing."""
    from django.contrib.auth.models import Permission

    user = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="xcap", codename__startswith="view")
    )
    client.force_login(user)
    return client


def pages(document: Document) -> dict[str, str]:
    below = "/admin/xcap/document/"
    return {
        "edit": f"{below}{document.pk}/lists/",
        "history": f"{below}{document.pk}/history/",
        "import": f"{below}import/",
        "export": f"{below}export/",
        "check": f"{below}check/",
    }


def test_who_may_only_look_changes_nothing(viewer: Client, document: Document) -> None:
    from xcap.models import Version

    codes = {name: viewer.get(url).status_code for name, url in pages(document).items()}
    assert codes == {"edit": 403, "history": 200, "import": 403, "export": 200, "check": 200}
    version = str(Version.objects.get().pk)
    assert viewer.post(pages(document)["history"], {"version": version}).status_code == 403
    assert viewer.post(pages(document)["edit"], {"uri": "", "name": ""}).status_code == 403
    assert Version.objects.count() == 1


def test_stranger_is_sent_to_the_login(client: Client, document: Document) -> None:
    for url in pages(document).values():
        assert client.get(url).headers["Location"].startswith("/admin/login/")


def edit(client: Client, document: Document, rows: list[tuple[str, str]], **more: str) -> Any:
    """Sends rows as the editor does, the first ones in the place of the entries that are there."""
    uris, names = [uri for uri, _ in rows], [name for _, name in rows]
    places = [str(place) for place in range(len(rows))]
    data = {"version": document.etag, "uri": uris, "name": names, "place": places, **more}
    return client.post(pages(document)["edit"] + "?list=friends", data)


def test_only_what_was_changed_is_written(admin_client: Client, document: Document) -> None:
    rows = [("sip:bob@example.test", "Bob"), ("tel:+49301234", "")]
    assert edit(admin_client, document, rows).status_code == 302
    document.refresh_from_db()
    named = b'<entry uri="sip:bob@example.test"><display-name>Bob</display-name></entry>'
    assert bytes(document.doc) == BODY.replace(b'<entry uri="sip:bob@example.test"/>', named)


def test_saving_without_a_change_makes_no_version(admin_client: Client, document: Document) -> None:
    from xcap.models import Version

    edit(admin_client, document, [("sip:bob@example.test", ""), ("tel:+49301234", "")])
    assert Version.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([("tel:+1", "")], {}, "&#x27;tel:+1&#x27; is not a SIP URI"),
        ([("", "Bob")], {}, "the URI is missing"),
        ([("sip:a@x.test", "B\x07")], {}, "control characters"),
        ([("sip:a@x.test", "")], {"version": "old"}, "Somebody else has changed this document"),
    ],
)
def test_mistakes_are_explained_and_the_rows_stay(
    admin_client: Client,
    document: Document,
    rows: list[tuple[str, str]],
    more: dict[str, str],
    words: str,
) -> None:
    page = edit(admin_client, document, rows, **more).content.decode()
    assert words in page
    assert f'value="{rows[0][0]}"' in page or not rows[0][0]
    document.refresh_from_db()
    assert bytes(document.doc) == BODY


def test_malformed_document_is_left_to_the_text_editor(admin_client: Client, document: Document) -> None:
    from xcap.models import Document

    Document.objects.update(doc=b"<nonsense")
    response = admin_client.get(pages(document)["edit"], follow=True)
    assert "has to be corrected as text first" in response.content.decode()


def test_restoring_over_a_newer_change_is_refused(admin_client: Client, document: Document, put: Put) -> None:
    from xcap.models import Version

    first = Version.objects.get()
    put("resource-lists", lists(""))
    data = {"version": str(first.pk), "current": first.etag}
    page = admin_client.post(pages(document)["history"], data, follow=True).content.decode()
    assert "Somebody else has changed the document meanwhile" in page
    document.refresh_from_db()
    assert bytes(document.doc) == lists("")


def test_what_operators_do_with_lists_is_logged(admin_client: Client, document: Document) -> None:
    from django.contrib.admin.models import LogEntry

    from xcap.models import Version

    first = Version.objects.get()
    edit(admin_client, document, [("sip:bob@example.test", "Bob"), ("tel:+49301234", "")])
    document.refresh_from_db()
    restored = {"version": str(first.pk), "current": document.etag}
    admin_client.post(pages(document)["history"], restored)
    table = {"text": "user,list,uri\nalice@example.test,friends,a@b\n"}
    admin_client.post(pages(document)["import"], table)
    admin_client.post(pages(document)["import"], {**table, "import": "1"})
    logged = LogEntry.objects.order_by("pk").values_list("user__username", "object_repr", "change_message")
    assert [(user, which, done[:12]) for user, which, done in logged] == [
        ("admin", str(document), "Edited the l"),
        ("admin", str(document), "Restored the"),
        ("admin", "alice@example.test, list friends", "Imported: +1"),
    ]


def test_import_tells_its_progress_to_a_program(admin_client: Client, document: Document) -> None:
    table = "user,list,uri\nalice@example.test,friends,a@b\nnobody@example.test,x,a@b\n"
    data = {"text": table, "import": "1"}
    accept = {"Accept": "application/x-ndjson"}
    response: Any = admin_client.post(pages(document)["import"], data, headers=accept)
    news = [json.loads(piece) for piece in response.streaming_content]
    assert news[:2] == [{"done": 1, "of": 2}, {"done": 2, "of": 2}]
    assert "1 list refused, nothing of it was written" in news[2]["html"]
    document.refresh_from_db()
    assert b"sip:a@b" in bytes(document.doc)


def test_import_without_scripts_answers_at_the_end(admin_client: Client, document: Document) -> None:
    data = {"text": "user,list,uri\nalice@example.test,friends,a@b\n"}
    answer = admin_client.post(pages(document)["import"], data).content.decode()
    assert "This is what would happen" in answer
    assert "+ line 2: sip:a@b" in answer
    empty = admin_client.post(pages(document)["import"], {"text": " "}).content.decode()
    assert "Choose a file, or paste something." in empty


def test_export_is_streamed_as_a_file(admin_client: Client, document: Document) -> None:
    response: Any = admin_client.get(pages(document)["export"], {"format": "vcard"})
    text = b"".join(response.streaming_content).decode()
    assert response.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert "IMPP:sip:bob@example.test" in text


ODD = lists(
    '<list name="friends">\n'
    '  <entry><x xmlns="urn:x">no URI, no name</x></entry>\n'
    '  <entry  uri=" sip:bob@example.test\n"><display-name>Bob\n    the builder</display-name>'
    '<x xmlns="urn:x"/></entry>\n'
    "  <entry><display-name>Nobody</display-name></entry>\n"
    "  <!-- between -->\n"
    '  <entry uri="sip:twice@example.test"/><entry uri="sip:twice@example.test"><y xmlns="urn:y"/></entry>\n'
    "</list>"
)
ODD_ROWS = [
    ("", ""),
    ("sip:bob@example.test", "Bob    the builder"),
    ("", "Nobody"),
    ("sip:twice@example.test", ""),
    ("sip:twice@example.test", ""),
]


@pytest.fixture
def odd(document: Document, monkeypatch: pytest.MonkeyPatch) -> Document:
    """A document as old phones write it, with the checks that an operator loosened for them."""
    from xcap import store

    monkeypatch.setattr(store, "validate", lambda body, usage, around: xmlinput.parse(body))
    document.doc = ODD
    document.save()
    return document


def test_what_the_editor_does_not_understand_stays_byte_for_byte(admin_client: Client, odd: Document) -> None:
    page = admin_client.get(pages(odd)["edit"] + "?list=friends").content.decode()
    assert page.count('name="place"') == len(ODD_ROWS) + 2
    new = ("sip:new@example.test", "New")
    assert edit(admin_client, odd, [*ODD_ROWS, new]).status_code == 302
    odd.refresh_from_db()
    added = b'<entry uri="sip:new@example.test"><display-name>New</display-name></entry>'
    assert bytes(odd.doc) == ODD.replace(b'<y xmlns="urn:y"/></entry>', b'<y xmlns="urn:y"/></entry>' + added)


def test_entry_gets_another_address_and_keeps_what_is_in_it(admin_client: Client, odd: Document) -> None:
    rows = [("sip:zoe@example.test", ""), *ODD_ROWS[1:4], ("sip:once@example.test", "")]
    assert edit(admin_client, odd, rows).status_code == 302
    odd.refresh_from_db()
    expected = ODD.replace(b"<entry><x", b'<entry uri="sip:zoe@example.test"><x')
    assert bytes(odd.doc) == expected.replace(b'twice@example.test"><y', b'once@example.test"><y')


def test_entries_without_an_address_can_be_removed(admin_client: Client, odd: Document) -> None:
    data = {
        "version": odd.etag,
        "uri": ["sip:bob@example.test"],
        "name": ["Bob    the builder"],
        "place": ["1"],
    }
    assert admin_client.post(pages(odd)["edit"] + "?list=friends", data).status_code == 302
    odd.refresh_from_db()
    assert bytes(odd.doc).count(b"<entry") == 1
    assert (
        b'<entry  uri=" sip:bob@example.test\n"><display-name>Bob\n    the builder</display-name>'
        in bytes(odd.doc)
    )


def test_longest_list_is_edited(admin_client: Client, document: Document) -> None:
    rows = [(f"sip:{number}@example.test", "") for number in range(1000)]
    assert edit(admin_client, document, rows).status_code == 302
    document.refresh_from_db()
    assert bytes(document.doc).count(b"<entry") == 1000
