"""What was changed in the tags of a song, and how to take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from songloom.curate import services as curate
from songloom.curate.models import Change
from songloom.errors import Conflict
from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.rendering import person, signed_in


@require_POST
@signed_in
def undo(request: HttpRequest, track_id: UUID, change_id: UUID) -> HttpResponse:
    """Put back what one edit changed; a later edit of the same fields is never overwritten."""
    found = track_for(request, track_id)
    change = get_object_or_404(Change.objects.filter(track=found), pk=change_id)
    try:
        curate.undo(change, user=person(request))
    except Conflict:
        messages.error(
            request, _("This was changed again since, or undone already. Nothing was done.")
        )
    else:
        messages.success(request, _("The tags are as they were before."))
    return HttpResponseRedirect(reverse("web:track", args=[found.pk]))
