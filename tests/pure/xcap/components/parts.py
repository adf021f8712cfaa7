"""PUT, GET and DELETE of parts of a document without a server."""

import pytest

from xcap import components
from xcap.components import Resource
from xcap.errors import Conflict
from xcap.selectors import DocumentSelector, NodeSelector, Xui, parse_node_selector
from xcap.selectors.bindings import parse_bindings

INDEX = DocumentSelector("test", Xui("alice", "example.test"), "index")


def selector(node: str, query: str = "", namespace: str = "") -> NodeSelector:
    return parse_node_selector(node, default_namespace=namespace, bindings=parse_bindings(query))


def resource(node: str, query: str = "", namespace: str = "") -> Resource:
    return Resource(INDEX, selector(node, query, namespace), namespace)


def put(document: str, node: str, body: str, query: str = "", namespace: str = "") -> str:
    edited = components.put(resource(node, query, namespace), document.encode(), body.encode())
    return edited.body.decode()


def get(document: str, node: str, query: str = "", namespace: str = "", *, quoted: bool = False) -> str:
    return components.read(document.encode(), selector(node, query, namespace), quoted=quoted).decode()


def delete(document: str, node: str, query: str = "", namespace: str = "") -> str:
    return components.delete(resource(node, query, namespace), document.encode()).body.decode()


def refused_put(document: str | None, node: str, body: bytes, query: str = "") -> Conflict:
    with pytest.raises(Conflict) as refused:
        components.put(resource(node, query), None if document is None else document.encode(), body)
    return refused.value


def refused_delete(document: str, node: str) -> Conflict:
    with pytest.raises(Conflict) as refused:
        delete(document, node)
    return refused.value
