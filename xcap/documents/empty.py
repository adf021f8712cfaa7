"""Documents without a list or a service, for whoever writes the first one."""

from typing import Final

from xcap.namespaces import RESOURCE_LISTS_NS, RLS_SERVICES_NS

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
LISTS: Final = f'{_DECLARATION}<resource-lists xmlns="{RESOURCE_LISTS_NS}">\n</resource-lists>\n'.encode()
SERVICES: Final = (
    f'{_DECLARATION}<rls-services xmlns="{RLS_SERVICES_NS}" xmlns:rl="{RESOURCE_LISTS_NS}">\n'
    "</rls-services>\n"
).encode()
