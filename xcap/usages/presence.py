"""Who may see whose presence, and presence that stays (RFC 5025, RFC 4827, OMA, OpenXCAP)."""

import re
from typing import Final

from xcap.documents.icons import icon_data, icon_media_type
from xcap.namespaces import COMMON_POLICY_NS, PIDF_NS, PRES_CONTENT_NS, PRES_RULES_NS
from xcap.usages.usage import INDEX, ApplicationUsage, Refreshes

_RULESET: Final = f"{{{COMMON_POLICY_NS}}}ruleset"
_RULE_SCHEMAS: Final = ("common-policy.xsd", "pres-rules.xsd")
_RULES: Final = Refreshes("presence", 0)

PRES_RULES: Final = ApplicationUsage(
    auid="pres-rules",
    media_type="application/auth-policy+xml",
    namespace=PRES_RULES_NS,
    root=_RULESET,
    doc_type=2,
    schemas=_RULE_SCHEMAS,
    refreshes=_RULES,
)
OMA_PRES_RULES: Final = ApplicationUsage(
    auid="org.openmobilealliance.pres-rules",
    media_type="application/auth-policy+xml",
    namespace=COMMON_POLICY_NS,
    root=_RULESET,
    doc_type=32,
    schemas=(*_RULE_SCHEMAS, "oma-common-policy.xsd"),
    refreshes=_RULES,
)
PIDF_MANIPULATION: Final = ApplicationUsage(
    auid="pidf-manipulation",
    media_type="application/pidf+xml",
    namespace=PIDF_NS,
    root=f"{{{PIDF_NS}}}presence",
    doc_type=16,
    schemas=("pidf.xsd",),
    files=INDEX,
    global_files=None,
    refreshes=Refreshes("presence", 1),
)
# The icon's URI stands in the owner's presence document, so those who see that fetch it without a password.
PRES_CONTENT: Final = ApplicationUsage(
    auid="org.openmobilealliance.pres-content",
    media_type="application/vnd.oma.pres-content+xml",
    namespace=PRES_CONTENT_NS,
    root=f"{{{PRES_CONTENT_NS}}}content",
    doc_type=64,
    schemas=("pres-content.xsd",),
    files=re.compile("(?:(?:oma_status-icon|rcs_status_icon)/)?[^/]+"),
    global_files=None,
    readers="everyone",
    max_bytes=310_000,
    max_documents=20,
    constraints=(icon_media_type, icon_data),
)
DIALOG_RULES: Final = ApplicationUsage(
    auid="org.openxcap.dialog-rules",
    media_type="application/auth-policy+xml",
    namespace="http://openxcap.org/ns/dialog-rules",
    root=_RULESET,
    doc_type=128,
    schemas=("common-policy.xsd",),
)
