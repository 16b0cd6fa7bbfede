"""What was typed into a form that was refused: shown again once, on the page one is led to."""

from __future__ import annotations

from django.http import HttpRequest

NAME = "typed"
LONGEST = 4_096


def keep(request: HttpRequest, field: str) -> None:
    request.session[NAME] = {field: request.POST.get(field, "").strip()[:LONGEST]}


def taken(request: HttpRequest) -> dict[str, str]:
    """By field; the second time nothing is left."""
    found: dict[str, str] = request.session.pop(NAME, {})
    return found
