"""HEAD gets the headers of a GET and no body (RFC 9110 section 9.3.2).

Neither Django nor gunicorn takes the body away, and on a connection that is kept it would be read as the next
answer.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def without_body(get_response: GetResponse) -> GetResponse:
    """Middleware: the outermost, so that Content-Length has been set."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            else:
                response.content = b""  # type: ignore[attr-defined]
        return response

    return respond
