"""The addresses of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from songloom.interfaces.web.answering import answering
from songloom.interfaces.web.pages import (
    activity,
    add,
    bin,
    changes,
    compose,
    connect,
    doors,
    edit,
    heard,
    home,
    playlists,
    search,
    settings,
    songs,
    sound,
    tables,
    tracks,
)

app_name = "web"


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, answering(view), name=name)


urlpatterns: list[Any] = [
    page("", home.home, "home"),
    page("threads.json", home.threads, "threads"),
    page("setup/<str:token>", doors.setup, "setup"),
    page("sign-in/", doors.sign_in, "sign_in"),
    page("sign-out/", doors.sign_out, "sign_out"),
    page("language/", doors.language, "language"),
    page("theme/", doors.theme, "theme"),
    page("songs/", songs.songs, "songs"),
    page("albums/", songs.albums, "albums"),
    page("albums/<uuid:album_id>/", songs.album, "album"),
    page("albums/<uuid:album_id>/cover", songs.album_cover, "album_cover"),
    page("albums/<uuid:album_id>/star/", songs.star_album, "album_star"),
    page("artists/", songs.artists, "artists"),
    page("artists/<uuid:artist_id>/", songs.artist, "artist"),
    page("artists/<uuid:artist_id>/cover", songs.artist_cover, "artist_cover"),
    page("artists/<uuid:artist_id>/star/", songs.star_artist, "artist_star"),
    page("search/", search.results, "search"),
    page("search/quick.json", search.quick, "search_quick"),
    page("tracks/<uuid:track_id>/", tracks.track, "track"),
    page("tracks/<uuid:track_id>/similar/", tracks.similar, "similar"),
    page("tracks/<uuid:track_id>/features.json", tracks.features, "track_features"),
    page("tracks/<uuid:track_id>/player.json", tracks.player, "track_player"),
    page("tracks/<uuid:track_id>/cover", tracks.cover, "track_cover"),
    page("tracks/<uuid:track_id>/sound", sound.track, "track_sound"),
    page("tracks/<uuid:track_id>/played/", heard.played, "track_played"),
    page("tracks/<uuid:track_id>/menu/", tracks.menu, "track_menu"),
    page("tracks/<uuid:track_id>/star/", tracks.star, "track_star"),
    page("tracks/<uuid:track_id>/rate/", tracks.rate, "track_rate"),
    page("tracks/<uuid:track_id>/tags/", tracks.tags, "tags"),
    page("tracks/<uuid:track_id>/changes/<uuid:change_id>/undo/", changes.undo, "tags_undo"),
    page("tracks/<uuid:track_id>/bin/", bin.put_one, "bin_track"),
    page("tracks/<uuid:track_id>/restore/", bin.restore_one, "restore_track"),
    page("tracks/<uuid:track_id>/edit/", edit.edit, "edit"),
    page("tracks/<uuid:track_id>/edit/preview/", edit.preview, "edit_preview"),
    page("tracks/<uuid:track_id>/edit/save/", edit.save, "edit_save"),
    page("tracks/<uuid:track_id>/preview/<str:name>", sound.preview, "preview_sound"),
    page("tracks/<uuid:track_id>/suggestions/", tracks.suggestion, "suggestion"),
    page("renditions/<uuid:rendition_id>/sound", sound.rendition, "rendition_sound"),
    page("compose/", compose.compose, "compose"),
    page("compose/slots/", compose.parse, "compose_parse"),
    page("compose/start/", compose.start, "compose_start"),
    page("compose/<uuid:generation_id>/", compose.take, "take"),
    page("compose/<uuid:generation_id>/roll.json", compose.roll, "take_roll"),
    page("compose/<uuid:generation_id>/score.mid", compose.midi, "take_midi"),
    page("compose/<uuid:generation_id>/keep/", compose.keep, "take_keep"),
    page("compose/<uuid:generation_id>/discard/", compose.discard, "take_discard"),
    page("add/", add.add, "add"),
    page("add/files/", add.upload, "upload"),
    page("add/address/", add.by_url, "add_url"),
    page("add/table/", tables.import_table, "import_table"),
    page("add/table/<uuid:job_id>/", tables.table, "table"),
    page("add/folder/", add.link_folder, "link_folder"),
    page("folders/<uuid:folder_id>/unlink/", add.unlink_folder, "unlink_folder"),
    page("folders/<uuid:folder_id>/scan/", add.scan_folder, "scan_folder"),
    page("scan/", add.scan, "scan"),
    page("activity/", activity.activity, "activity"),
    page("activity/state.json", activity.state, "activity_state"),
    page("activity/<uuid:job_id>/cancel/", activity.cancel, "job_cancel"),
    page("activity/<uuid:job_id>/retry/", activity.retry, "job_retry"),
    page("playlists/", playlists.all_lists, "playlists"),
    page("playlists/choose/", playlists.choose, "playlist_choose"),
    page("playlists/<uuid:playlist_id>/", playlists.playlist, "playlist"),
    page("playlists/<uuid:playlist_id>/cover", playlists.cover, "playlist_cover"),
    page("playlists/<uuid:playlist_id>/add/", tracks.to_playlist, "playlist_add"),
    page("playlists/<uuid:playlist_id>/change/", playlists.change, "playlist_change"),
    page("playlists/<uuid:playlist_id>/delete/", playlists.delete, "playlist_delete"),
    page("bin/", bin.show, "bin"),
    page("bin/put/", bin.put, "bin_tracks"),
    page("bin/restore/", bin.restore, "bin_restore"),
    page("bin/forget/", bin.forget, "bin_forget"),
    path("settings/", RedirectView.as_view(pattern_name="web:settings_look"), name="settings"),
    page("settings/look/", settings.look, "settings_look"),
    page("settings/account/", settings.account, "settings_account"),
    page("settings/connect/", connect.connect, "settings_connect"),
    page("settings/keys/", settings.keys, "settings_keys"),
    page("settings/keys/make/", settings.make_key, "make_key"),
    page("settings/keys/<str:kind>/<uuid:key_id>/revoke/", settings.revoke, "revoke_key"),
    page("settings/folders/", settings.folders, "settings_folders"),
    page("settings/analysis/", settings.analysis, "settings_analysis"),
    page("settings/learning/", settings.learning, "settings_learning"),
    page("settings/users/", settings.users, "settings_users"),
    page("settings/users/<uuid:user_id>/", settings.change_user, "change_user"),
    page("settings/about/", settings.about, "settings_about"),
]
