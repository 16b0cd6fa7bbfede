"""Where each interface answers."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls)]
for prefix, module in (
    ("", "songloom.interfaces.rest.urls"),
    ("rest/", "songloom.interfaces.subsonic.urls"),
    ("", "songloom.interfaces.web.urls"),
):
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
