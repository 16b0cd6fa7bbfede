"""Where each interface answers."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

handler500 = "songloom.config.away.on_failure"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("songloom.interfaces.rest.urls")),
    path("rest/", include("songloom.interfaces.subsonic.urls")),
    path("", include("songloom.interfaces.web.urls")),
]
