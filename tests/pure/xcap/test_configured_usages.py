import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.pure.xcap.surroundings import accepted, refusal
from xcap.documents.constraints import Surroundings
from xcap.selectors import DocumentSelector
from xcap.usages import USAGES, InvalidUsage, install
from xcap.usages.configured import read

Load = Callable[[str], None]
NOTES = """
["com.example.notes"]
media-type = "application/vnd.example.notes+xml"
namespace = "http://example.com/ns/notes"
root = "{http://example.com/ns/notes}notes"
number = 1024
"""
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://example.com/ns/notes"
 elementFormDefault="qualified"><xs:element name="notes"><xs:complexType><xs:sequence>
 <xs:element name="note" type="xs:string" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


def notes(content: str) -> bytes:
    return f'<notes xmlns="http://example.com/ns/notes">{content}</notes>'.encode()


def no_shouting(root: etree._Element, _surroundings: Surroundings) -> Iterator[str]:
    if any((note.text or "").isupper() for note in root):
        yield "notes do not shout"


@pytest.fixture(autouse=True)
def _usages_stay_as_they_are() -> Iterator[None]:
    before = dict(USAGES)
    yield
    USAGES.clear()
    USAGES.update(before)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def install_from(text: str) -> None:
        (tmp_path / "notes.xsd").write_text(SCHEMA)
        (tmp_path / "usages.toml").write_text(text)
        install(read(tmp_path / "usages.toml"))

    return install_from


@pytest.mark.req("X-C7")
def test_operator_says_which_global_documents_there_may_be(load: Load) -> None:
    document = DocumentSelector("com.example.notes", None, "index")
    load(NOTES)
    assert USAGES["com.example.notes"].names(document)
    load(f'{NOTES}global-files = "company"')
    assert not USAGES["com.example.notes"].names(document)
    with pytest.raises(InvalidUsage, match="xcap-caps: global-files"):
        load('[xcap-caps]\nglobal-files = "other"')


def test_usage_of_four_lines_takes_any_document_of_its_kind(load: Load) -> None:
    load(NOTES)
    usage = USAGES["com.example.notes"]
    assert (usage.doc_type, usage.readers, usage.validation) == (1024, "owner", "strict")
    assert len(accepted(notes("<anything/>"), usage)) == 1
    assert refusal(b"<notes/>", usage).element == "schema-validation-error"


def test_schema_quota_and_rules_of_the_operator_are_kept(load: Load) -> None:
    load(
        NOTES + 'schemas = ["notes.xsd"]\nmax-bytes = 200\nfiles = "(work|home)"\n'
        'constraints = ["tests.pure.xcap.test_configured_usages:no_shouting"]\n'
    )
    usage = USAGES["com.example.notes"]
    assert len(accepted(notes("<note>milk</note>"), usage)) == 1
    assert refusal(notes("<other/>"), usage).element == "schema-validation-error"
    assert refusal(notes("<note>MILK</note>"), usage).phrase == "notes do not shout"
    assert refusal(notes(f"<note>{'x' * 200}</note>"), usage).element == "constraint-failure"


def test_table_of_one_of_ours_changes_only_what_it_names(load: Load) -> None:
    before = USAGES["resource-lists"]
    load('[resource-lists]\nvalidation = "lax"\nmax-documents = 5\n')
    after = USAGES["resource-lists"]
    assert (after.validation, after.max_documents) == ("lax", 5)
    assert (after.doc_type, after.schemas, after.constraints) == (4, before.schemas, before.constraints)


@pytest.mark.req("X-A14")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not TOML", "usages.toml"),
        ("x = 1", 'x: write a table, ["x"]'),
        ("[x]", "x: media-type, namespace, root, number missing"),
        (NOTES + "colour = 1", "com.example.notes: colour is unknown"),
        (NOTES + 'validation = "none"', "com.example.notes: validation = 'none': it may be strict or lax"),
        (NOTES + 'files = "("', "com.example.notes: files"),
        (NOTES + "max-bytes = -1", "com.example.notes: max-bytes = -1: a whole number"),
        (NOTES + 'schemas = ["missing.xsd"]', "com.example.notes: schemas"),
        (NOTES + 'constraints = ["no.module:rule"]', "com.example.notes: constraints"),
        (NOTES.replace("1024", "8"), "the number 8 belongs to rls-services"),
        (NOTES.replace("com.example.notes", "com..notes"), "'com..notes' is not an AUID"),
    ],
)
def test_mistake_is_named_with_its_place(load: Load, text: str, words: str) -> None:
    with pytest.raises(InvalidUsage) as refused:
        load(text)
    assert words in str(refused.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match=r"none\.toml"):
        read(tmp_path / "none.toml")


def test_examples_of_the_how_to_work(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "application-usages.md"
    blocks = re.findall(r"```(toml|python)\n(.*?)```", page.read_text(), re.DOTALL)
    (tmp_path / "example_rules.py").write_text("".join(code for kind, code in blocks if kind == "python"))
    monkeypatch.syspath_prepend(tmp_path)
    load("".join(code for kind, code in blocks if kind == "toml"))
    simservs = b'<simservs xmlns="http://uri.etsi.org/ngn/params/xml/simservs/xcap"/>'
    assert len(accepted(simservs, USAGES["simservs.ngn.etsi.org"])) == 0
    assert USAGES["resource-lists"].validation == "lax"
    assert refusal(notes("<note>MILK</note>"), USAGES["com.example.notes"]).phrase == "notes do not shout"
