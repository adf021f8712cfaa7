"""XML namespaces of the documents that this server understands."""

from typing import Final

RESOURCE_LISTS_NS: Final = "urn:ietf:params:xml:ns:resource-lists"
RLS_SERVICES_NS: Final = "urn:ietf:params:xml:ns:rls-services"
XCAP_CAPS_NS: Final = "urn:ietf:params:xml:ns:xcap-caps"
XCAP_ERROR_NS: Final = "urn:ietf:params:xml:ns:xcap-error"
COMMON_POLICY_NS: Final = "urn:ietf:params:xml:ns:common-policy"
PRES_RULES_NS: Final = "urn:ietf:params:xml:ns:pres-rules"
XCAP_DIFF_NS: Final = "urn:ietf:params:xml:ns:xcap-diff"
PIDF_NS: Final = "urn:ietf:params:xml:ns:pidf"
PRES_CONTENT_NS: Final = "urn:oma:xml:prs:pres-content"
XCAP_DIRECTORY_NS: Final = "urn:oma:xml:xdm:xcap-directory"
LIMIT_NS: Final = "urn:rls:limit"
SHARING_NS: Final = "urn:rls:sharing"
XML_NS: Final = "http://www.w3.org/XML/1998/namespace"
