"""docs/reference/rest.md, made from the description of the API that the views give (OpenAPI)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from rlsproject.openapi import DESCRIPTION

METHODS = ("get", "post", "put", "patch", "delete")
INTRODUCTION = """# REST

Made by `manage.py restreference` from the views; do not edit.
[How to](../how-to/rest.md) use it, with examples. The same, to try out: `/api/v1/docs`; for programs:
`/api/v1/openapi.json` (OpenAPI 3).

"""
RULES = """
## Rules

- Errors are `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, for invalid requests
  `errors` with a JSON pointer each. `type` is `about:blank`, or for a conflict `urn:rls:problem:`
  and what clashes: `list-exists`, `list-too-long`, `subscriber-exists`, `malformed-document`, or what XCAP
  says (`uniqueness-failure` with `alternatives`, `constraint-failure`, `schema-validation-error`, …).
- The `ETag` of a list or service is that of its XCAP document. `PUT` and `PATCH` without `If-Match` are
  refused with 428, with one that no longer holds 412; `If-Match: *` overwrites whatever is there. `POST` and
  `DELETE` only add or take away, so that they need none; if they have one, it has to hold.
- A write and the news of it to the SIP workers are one transaction.
- `limit` (1 to 1000, 100 if absent) and `next`: follow `next` until it is null. Nothing is counted.
- The `id` of a list is its name. `~0` and `~1` in it stand for `~` and `/`, `~.` leads to a list within a
  list, `~pN` is the Nth list where it has no name, `DOCUMENT~:` in front names an XCAP document
  other than `index`.
- Deleting a list ends the services that share it; a renamed list takes them along.
- Operators are staff users with the permissions of the admin; `RLS_API_RATE` limits how often one asks (429).
"""


def markdown() -> str:
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    components = schema["components"]["schemas"]
    paths = "".join(_operations(path, item) for path, item in schema["paths"].items())
    shapes = "".join(_shape(name, shape) for name, shape in sorted(components.items()) if _is_shown(name))
    return f"{INTRODUCTION}{DESCRIPTION}{RULES}\n## Paths\n{paths}\n## Shapes\n{shapes}"


def _operations(path: str, item: dict[str, Any]) -> str:
    rows = "".join(_row(method, item[method]) for method in METHODS if method in item)
    head = "| Method | What it does | Request | Answer | Query |\n|---|---|---|---|---|\n"
    return f"\n### `{path}`\n\n{head}{rows}"


def _row(method: str, operation: dict[str, Any]) -> str:
    what = " ".join(operation.get("description", "").split())
    request = _name(operation.get("requestBody", {}))
    answers = ", ".join(
        _answer(code, each) for code, each in operation["responses"].items() if code != "default"
    )
    query = ", ".join(
        f"`{each['name']}`" for each in operation.get("parameters", ()) if each["in"] == "query"
    )
    return f"| `{method.upper()}` | {what} | {request} | {answers} | {query} |\n"


def _answer(code: str, response: dict[str, Any]) -> str:
    return " ".join(filter(None, (code, _name(response))))


def _name(holder: dict[str, Any]) -> str:
    """The shape in a request or response, linked; of what is no JSON the media types."""
    media_types = holder.get("content", {})
    content = media_types.get("application/json")
    if content is None:
        return ", ".join(f"`{media_type}`" for media_type in media_types)
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    return f"page of {_link(name[9:-4])}" if name.startswith("Paginated") else _link(name)


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _is_shown(name: str) -> bool:
    return not name.startswith("Paginated")


def _shape(name: str, shape: dict[str, Any]) -> str:
    members = "".join(_members(shape))
    head = "| Member | Type | Meaning |\n|---|---|---|\n" if members else ""
    description = " ".join(shape.get("description", "").split())
    return (
        f"\n### {name}\n\n{description}\n\n{head}{members}"
        if description
        else f"\n### {name}\n\n{head}{members}"
    )


def _members(shape: dict[str, Any]) -> Iterator[str]:
    required = shape.get("required", ())
    for name, member in shape.get("properties", {}).items():
        needed = "" if name in required else ", optional"
        yield f"| `{name}` | {_type(member)}{needed} | {' '.join(member.get('description', '').split())} |\n"


def _type(member: dict[str, Any]) -> str:
    for part in (member, *member.get("allOf", ()), *member.get("oneOf", ())):
        if reference := part.get("$ref"):
            return _link(reference.rpartition("/")[2])
    if member.get("type") == "array":
        return f"array of {_type(member['items'])}"
    return f"{member.get('type', 'any')}{' or null' if member.get('nullable') else ''}"
