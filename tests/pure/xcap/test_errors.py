from pathlib import Path

import pytest
from lxml import etree

from xcap.errors import Conflict, Exists, LimitReached

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "xcap-error.xsd"))


@pytest.mark.req("X-H1")
@pytest.mark.req("X-H2")
@pytest.mark.req("X-H14")
@pytest.mark.parametrize(
    "error",
    [
        Conflict("not-well-formed", 'line 1: "<" & \n more'),
        Conflict("cannot-insert", "no XML: \x00 \ud800 \uffff"),
        Conflict("cannot-delete", ""),
        Conflict("not-xml-frag", "<"),
        Conflict("not-xml-att-value", "&"),
        Conflict("no-parent", "no directory", ancestor="resource-lists/users/sip:a@b/"),
        Conflict(
            "uniqueness-failure",
            "taken",
            exists=[Exists("a/@b?xmlns(p='&')", ["sip:<free>@a"]), Exists("a/@c")],
        ),
    ],
)
def test_report_is_valid(error: Conflict) -> None:
    report = etree.fromstring(error.body())
    SCHEMA.assertValid(report)
    assert etree.QName(report[0]).localname == error.element
    assert report[0].get("phrase") is not None


@pytest.mark.req("X-H12", "X-H2", "X-H14")
def test_limit_of_the_server_is_an_extension_of_the_report() -> None:
    error = LimitReached("documents", 2, "no more than 2 & \x00")
    report = etree.fromstring(error.body())
    SCHEMA.assertValid(report)
    (extension,) = report
    assert (etree.QName(extension).localname, dict(extension.attrib)) == ("extension", {})
    (limit,) = extension
    assert (limit.tag, limit.get("documents"), limit.text) == (
        "{urn:rls:limit}limit",
        "2",
        "no more than 2 & \ufffd",
    )


def test_error_says_in_words_what_is_taken_and_what_is_free() -> None:
    error = Conflict("uniqueness-failure", "must be unique", exists=[Exists("a%5B1%5D/@b", ["x", "y"])])
    assert str(error) == "uniqueness-failure: must be unique; taken or double: a[1]/@b (free: x, y)"
