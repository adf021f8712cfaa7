"""What the server says of itself and of a user's documents; both are computed."""

import re
from typing import Final

from xcap.namespaces import XCAP_CAPS_NS, XCAP_DIRECTORY_NS
from xcap.usages.usage import INDEX, ApplicationUsage

XCAP_CAPS: Final = ApplicationUsage(
    auid="xcap-caps",
    media_type="application/xcap-caps+xml",
    namespace=XCAP_CAPS_NS,
    root=f"{{{XCAP_CAPS_NS}}}xcap-caps",
    schemas=("xcap-caps.xsd",),
    files=None,
    global_files=INDEX,
    computes_global=True,
)
XCAP_DIRECTORY: Final = ApplicationUsage(
    auid="org.openmobilealliance.xcap-directory",
    media_type="application/vnd.oma.xcap-directory+xml",
    namespace=XCAP_DIRECTORY_NS,
    root=f"{{{XCAP_DIRECTORY_NS}}}xcap-directory",
    schemas=("xcap-directory.xsd",),
    files=re.compile(r"directory\.xml"),
    global_files=None,
)
