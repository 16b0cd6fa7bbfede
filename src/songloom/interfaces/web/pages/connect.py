"""Connect a phone: address, user, a new app password, and all three as a QR."""

from __future__ import annotations

import io
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songloom.interfaces.web.pages.settings import section
from songloom.interfaces.web.rendering import person, signed_in
from songloom.library.services import people


@require_http_methods(["GET", "POST"])
@signed_in
def connect(request: HttpRequest) -> HttpResponse:
    """A POST makes an app password; this answer is the only one that shows it."""
    user = person(request)
    address = address_of(request)
    context: dict[str, Any] = {"address": address, "reachable": is_reachable(address)}
    if request.method == "POST":
        name = request.POST.get("name", "").strip() or _("Phone")
        secret, row = people.make_app_password(user, name)
        context |= {"secret": secret, "row": row, "qr": qr(address, user.username, secret)}
        return section(request, "connect", context, 201)
    context["qr"] = qr(address, user.username, "")
    return section(request, "connect", context)


def address_of(request: HttpRequest) -> str:
    """The address that the owner set, else the one by which this page was reached."""
    return configured.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def is_reachable(address: str) -> bool:
    """Whether another device can reach this address: loopback it cannot."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def qr(address: str, username: str, secret: str) -> SafeString:
    """A QR as SVG. With a secret it holds what a phone needs to sign in, else the address alone."""
    import segno

    written = address
    if secret:
        parts = urlsplit(address)
        written = f"{parts.scheme}://{username}:{secret}@{parts.netloc}{parts.path}"
    out = io.BytesIO()
    code = segno.make(written, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=2,
              svgclass="qr", lineclass="qr-ink")  # fmt: skip
    return mark_safe(out.getvalue().decode())  # noqa: S308 - segno draws squares only
