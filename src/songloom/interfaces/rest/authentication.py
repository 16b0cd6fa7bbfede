"""Who asks: a key in the header, or a session with a CSRF token. A key makes cookies void."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from songloom.errors import NotAllowed, Unauthenticated
from songloom.interfaces.answers.authentication import user_by_key
from songloom.library.models import User


class CsrfFailed(NotAllowed):
    code = "csrf_failed"


class ByKey(HttpBearer):
    """`Authorization: Bearer KEY`. A wrong key is refused, even beside a valid session."""

    def __call__(self, request: HttpRequest) -> User | None:
        if "Authorization" not in request.headers:
            return None
        found: User | None = super().__call__(request)
        if found is None:
            raise Unauthenticated(_("The Authorization header holds no valid key."))
        return found

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = user_by_key(request, token)
        if user is not None:
            request.user = user
        return user


class BySession(APIKeyCookie):
    """The session of the web pages; unsafe methods also need their CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked below, after it is known that there is a session

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        if check_csrf(request):
            raise CsrfFailed(_("The CSRF token is missing or wrong."))
        return user


WAYS = [ByKey(), BySession()]
