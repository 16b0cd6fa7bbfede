"""Settings: look and language, password, folders, analysis, users, keys, phones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings as configured
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songloom import __version__
from songloom.analyse import services as analyse
from songloom.errors import BadValue, Conflict
from songloom.interfaces.answers.authentication import counted
from songloom.interfaces.web import gone, typed
from songloom.interfaces.web.rendering import admin_only, page, person, signed_in
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.library.models import ApiKey, AppPassword, File, Folder, Track, User
from songloom.library.services import people

SECTIONS = [
    ("look", gettext_lazy("Look and language"), False),
    ("account", gettext_lazy("Account"), False),
    ("connect", gettext_lazy("Connect a phone"), False),
    ("keys", gettext_lazy("Keys and app passwords"), False),
    ("folders", gettext_lazy("Folders"), True),
    ("analysis", gettext_lazy("Analysis"), True),
    ("learning", gettext_lazy("Learning"), False),
    ("users", gettext_lazy("Users"), True),
    ("about", gettext_lazy("About"), False),
]


def sections(user: User, here: str) -> list[dict[str, Any]]:
    """The pages of the settings that this user may open."""
    return [
        {"name": name, "label": label, "url": reverse(f"web:settings_{name}"), "here": name == here}
        for name, label, for_admins in SECTIONS
        if user.is_superuser or not for_admins
    ]


def section(
    request: HttpRequest, name: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """One page of the settings beside the list of all."""
    given = {"sections": sections(person(request), name), **(context or {})}
    return page(request, f"web/settings/{name}.html", given, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def look(request: HttpRequest) -> HttpResponse:
    """Theme, language, single-letter keys."""
    if request.method == "POST":
        user = person(request)
        user.has_letter_keys = "letters" in request.POST
        user.save(update_fields=["has_letter_keys"])
        return HttpResponseRedirect(reverse("web:settings_look"))
    return section(request, "look", {"languages": configured.LANGUAGES})


@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Change one's password; the old one is asked for."""
    user = person(request)
    if request.method == "GET":
        return section(request, "account")
    old = request.POST.get("old", "")[:1_000]
    known = counted(request, user.username, lambda: user if user.check_password(old) else None)
    if known is None:
        return section(request, "account", {"error": _("This is not your password.")}, 422)
    try:
        people.set_password(user, request.POST.get("new", ""))
    except BadValue:
        short = _("A password has at least 8 characters.")
        return section(request, "account", {"error": short}, 422)
    update_session_auth_hash(request, user)
    messages.success(request, _("Your password is changed."))
    return HttpResponseRedirect(reverse("web:settings_account"))


@require_GET
@signed_in
def keys(request: HttpRequest) -> HttpResponse:
    return section(request, "keys", _keys(person(request)))


def _keys(user: User) -> dict[str, Any]:
    return {
        "api_keys": ApiKey.objects.filter(user=user, revoked_at=None),
        "app_passwords": AppPassword.objects.filter(user=user, revoked_at=None),
    }


@require_POST
@signed_in
def make_key(request: HttpRequest) -> HttpResponse:
    """A new API key or app password: this answer is the only one that ever shows it."""
    user = person(request)
    name = request.POST.get("name", "")
    if request.POST.get("kind") == "app_password":
        secret, row = people.make_app_password(user, name)
        made = {"secret": secret, "row": row, "kind": "app_password"}
    else:
        key, key_row = people.make_api_key(user, name)
        made = {"secret": key, "row": key_row, "kind": "api_key"}
    return section(request, "keys", {**_keys(user), "made": made}, 201)


@require_POST
@signed_in
def revoke(request: HttpRequest, kind: str, key_id: UUID) -> HttpResponse:
    """End a key at once; other devices are not touched."""
    model: Any = ApiKey if kind == "api-key" else AppPassword
    row = get_object_or_404(model.objects.filter(user=person(request), revoked_at=None), pk=key_id)
    people.revoke(row)
    messages.success(request, _("“%(name)s” no longer opens anything.") % {"name": row.name})
    return HttpResponseRedirect(reverse("web:settings_keys"))


@require_GET
@admin_only
def folders(request: HttpRequest) -> HttpResponse:
    found = Folder.objects.select_related("owner").annotate(n_files=Count("files"))
    shown = {"folders": found, "stopped": gone.stopped(found), "typed": typed.taken(request)}
    return section(request, "folders", shown)


@require_http_methods(["GET", "POST"])
@admin_only
def analysis(request: HttpRequest) -> HttpResponse:
    """How much of the machine listening through may take, and when."""
    if request.method == "POST":
        analyse.set_budget(**_budget(request))
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("web:settings_analysis"))
    tracks = Track.objects.alive().filter(has_audio=True)
    context = {
        "budget": analyse.budget(),
        "hours": range(24),
        "n_all": tracks.count(),
        "n_left": analyse.n_left(),
        "time_left_s": analyse.time_left(),
    }
    return section(request, "analysis", context)


@require_http_methods(["GET", "POST"])
@signed_in
def learning(request: HttpRequest) -> HttpResponse:
    """What was learned from one's own tags, each score beside its baseline; a POST learns anew."""
    user = person(request)
    if request.method == "POST":
        enqueue("learn.train", {"owner_id": str(user.pk)}, owner=user, key=str(user.pk))
        return HttpResponseRedirect(reverse("web:activity"))
    mine = Job.objects.filter(owner=user, kind="learn.train", state=Job.State.DONE)
    last = mine.order_by("-finished_at").first()
    rows = (last.result or {}).get("tags", []) if last else []
    return section(request, "learning", {"last": last, "rows": rows})


def _budget(request: HttpRequest) -> dict[str, int]:
    """Whole numbers within their ranges; anything else is the default."""

    def whole(name: str, low: int, high: int, default: int) -> int:
        text = request.POST.get(name, "")
        return min(high, max(low, int(text))) if text.isdecimal() and len(text) < 4 else default

    return {
        "cores": whole("cores", 1, 64, 1),
        "from_hour": whole("from_hour", 0, 23, 0),
        "to_hour": whole("to_hour", 0, 24, 24),
    }


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@admin_only
def users(request: HttpRequest) -> HttpResponse:
    """Who may sign in; a POST adds somebody."""
    context: dict[str, Any] = {"users": User.objects.exclude(username="local")}
    if request.method == "GET":
        return section(request, "users", context)
    name = request.POST.get("name", "")
    try:
        made = people.add_user(
            name, request.POST.get("password", ""), is_admin="is_admin" in request.POST
        )
    except Conflict:
        error = _("Somebody has this name already.")
    except BadValue:
        error = _("A name has no spaces, a password has at least 8 characters.")
    else:
        messages.success(request, _("“%(name)s” can sign in now.") % {"name": made.username})
        return HttpResponseRedirect(reverse("web:settings_users"))
    return section(request, "users", {**context, "error": error, "name": name}, 422)


@require_POST
@admin_only
def change_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Let somebody in or not, administrator or not; never oneself: nobody locks the door."""
    found = get_object_or_404(User.objects.exclude(username="local"), pk=user_id)
    if found.pk != person(request).pk:
        found.is_active = "is_active" in request.POST
        found.is_superuser = found.is_staff = "is_admin" in request.POST
        found.save(update_fields=["is_active", "is_superuser", "is_staff"])
    return HttpResponseRedirect(reverse("web:settings_users"))


@require_GET
@signed_in
def about(request: HttpRequest) -> HttpResponse:
    visible = Track.objects.visible_to(person(request))
    context = {
        "version": __version__,
        "n_songs": visible.count(),
        "n_files": File.objects.filter(track__in=visible).count(),
    }
    return section(request, "about", context)
