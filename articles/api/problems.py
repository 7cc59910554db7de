"""Every error of the API as a problem (RFC 9457), whatever raised it."""

from http import HTTPStatus
from math import ceil
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse
from django.utils.log import log_response
from rest_framework.exceptions import APIException, NotAcceptable, NotFound
from rest_framework.exceptions import PermissionDenied as NotPermitted
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from articles.api.errors import GoneError, InvalidRequestError
from articles.api.renderers import HtmlRenderer, JsonRenderer
from articles.errors import InvalidQueryError

PROBLEM_JSON: Final = "application/problem+json"


def problem(status: int, detail: str, **members: Any) -> dict[str, Any]:
    """The members of a problem: `about:blank` says that the status tells its kind."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}


def problem_response(status: int, detail: str, **members: Any) -> HttpResponse:
    """A problem from where no door was reached yet."""
    content = orjson.dumps(problem(status, detail, **members))
    return HttpResponse(content, status=status, content_type=PROBLEM_JSON)


def answer_problem(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: the answer to a request that raised `error`."""
    set_rollback()
    known = _known(error)
    request: Request = context["request"]
    response = Response(_problem(known), status=known.status_code, headers=_headers(known))
    if known is not error and known.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        # Told as Django tells it: to the log with its traceback, and to whoever watches errors.
        got_request_exception.send(sender=None, request=request._request)
        log_response(
            "Internal Server Error: %s",
            request.path,
            response=response,
            request=request._request,
            exception=error,
        )
    _choose_form(request, response)
    return response


def _known(error: Exception) -> APIException:
    match error:
        case APIException():
            return error
        case Http404():
            return NotFound("Nothing is found at this address.")
        case PermissionDenied():
            return NotPermitted()
        case SuspiciousOperation():
            refused = APIException("The request was refused: it is too large or malformed.")
            refused.status_code = HTTPStatus.BAD_REQUEST
            return refused
    return APIException("The server failed to answer; the failure has been recorded.")


def _problem(error: APIException) -> dict[str, Any]:
    detail = str(error.detail)
    match error:
        case InvalidRequestError():
            return problem(400, detail, errors=[_fault(fault) for fault in error.faults])
        case GoneError():
            return problem(410, detail, **error.members)
        case NotAcceptable() if error.available_renderers:
            offered = ", ".join(r.media_type for r in error.available_renderers)
            return problem(406, f"The answer can be had as: {offered}.")
    return problem(error.status_code, detail)


def _fault(fault: InvalidQueryError) -> dict[str, Any]:
    told: dict[str, Any] = {"parameter": fault.parameter, "detail": fault.detail}
    if fault.nearest is not None:
        told["nearest"] = fault.nearest
    if fault.allowed:
        told["allowed"] = list(fault.allowed)
    return told


def _headers(error: APIException) -> dict[str, str]:
    wait = getattr(error, "wait", None)  # of `Throttled`, in seconds
    challenge = getattr(error, "auth_header", None)
    return {
        **({} if wait is None else {"Retry-After": str(ceil(wait))}),
        **({} if challenge is None else {"WWW-Authenticate": challenge}),
    }


def _choose_form(request: Request, response: Response) -> None:
    """A page for people who asked for pages; JSON for all others, also where none was offered."""
    wanted = getattr(request, "accepted_renderer", None)
    if not isinstance(wanted, HtmlRenderer):
        request.accepted_renderer = JsonRenderer()
        request.accepted_media_type = JsonRenderer.media_type
        response.content_type = PROBLEM_JSON
