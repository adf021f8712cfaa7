import pytest
from lxml import etree

from xcap.documents.capabilities import capabilities
from xcap.usages import USAGES

NS = {"c": "urn:ietf:params:xml:ns:xcap-caps"}


@pytest.mark.req("X-I2")
@pytest.mark.req("X-I3")
def test_auids_then_extensions_then_namespaces() -> None:
    document = etree.fromstring(capabilities(USAGES.values()))
    assert [etree.QName(child).localname for child in document] == ["auids", "extensions", "namespaces"]
    assert document.xpath("c:auids/c:auid/text()", namespaces=NS) == list(USAGES)
