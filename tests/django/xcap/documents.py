"""Documents that the tests store."""

RL = "urn:ietf:params:xml:ns:resource-lists"
RS = "urn:ietf:params:xml:ns:rls-services"
LISTS_ROOT = "http://127.0.0.1/xcap-root/resource-lists/users"


def services(*elements: str) -> bytes:
    return f'<rls-services xmlns="{RS}" xmlns:rl="{RL}">{"".join(elements)}</rls-services>'.encode()


def inline(uri: str, *entries: str) -> str:
    rows = "".join(f'<rl:entry uri="{entry}"/>' for entry in entries)
    return f'<service uri="{uri}"><list>{rows}</list></service>'


def pointing(uri: str, to: str) -> str:
    return f'<service uri="{uri}"><resource-list>{to}</resource-list></service>'


def lists(content: str) -> bytes:
    return f'<resource-lists xmlns="{RL}">{content}</resource-lists>'.encode()


def friends(*entries: str) -> bytes:
    rows = "".join(f'<entry uri="{entry}"/>' for entry in entries)
    return lists(f'<list name="friends">{rows}</list>')
