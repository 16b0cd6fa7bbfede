"""How each tag format spells what Songloom calls title, artist, genre … (Picard's mapping)."""

from __future__ import annotations

ID3 = {
    "TIT2": "title",
    "TPE1": "artist",
    "TPE2": "albumartist",
    "TALB": "album",
    "TCON": "genre",
    "TDRC": "date",
    "TYER": "date",
    "TDOR": "originaldate",
    "TORY": "originaldate",
    "TRCK": "tracknumber",
    "TPOS": "discnumber",
    "TCOM": "composer",
    "TEXT": "lyricist",
    "TPE3": "conductor",
    "TPE4": "remixer",
    "TSRC": "isrc",
    "TPUB": "label",
    "TCMP": "compilation",
    "TBPM": "bpm",
    "TKEY": "key",
    "TLAN": "language",
    "TMOO": "mood",
    "TIT1": "grouping",
    "TIT3": "subtitle",
    "TCOP": "copyright",
    "TENC": "encodedby",
    "TMED": "media",
    "TSOT": "titlesort",
    "TSOP": "artistsort",
    "TSO2": "albumartistsort",
    "TSOA": "albumsort",
    "TSOC": "composersort",
    "TSST": "discsubtitle",
}

MP4 = {
    "©nam": "title",
    "©ART": "artist",
    "aART": "albumartist",
    "©alb": "album",
    "©gen": "genre",
    "gnre": "genre",
    "©day": "date",
    "trkn": "tracknumber",
    "disk": "discnumber",
    "©wrt": "composer",
    "©lyr": "lyrics",
    "©cmt": "comment",
    "©grp": "grouping",
    "cpil": "compilation",
    "tmpo": "bpm",
    "cprt": "copyright",
    "©too": "encodedby",
    "sonm": "titlesort",
    "soar": "artistsort",
    "soaa": "albumartistsort",
    "soal": "albumsort",
    "soco": "composersort",
}

ASF = {
    "Title": "title",
    "Author": "artist",
    "WM/AlbumArtist": "albumartist",
    "WM/AlbumTitle": "album",
    "WM/Genre": "genre",
    "WM/Year": "date",
    "WM/OriginalReleaseYear": "originaldate",
    "WM/TrackNumber": "tracknumber",
    "WM/PartOfSet": "discnumber",
    "WM/Composer": "composer",
    "WM/Writer": "lyricist",
    "WM/Conductor": "conductor",
    "WM/ISRC": "isrc",
    "WM/Publisher": "label",
    "WM/IsCompilation": "compilation",
    "WM/BeatsPerMinute": "bpm",
    "WM/InitialKey": "key",
    "WM/Language": "language",
    "WM/Mood": "mood",
    "WM/Lyrics": "lyrics",
    "Copyright": "copyright",
    "Description": "comment",
}

# Free-form names: Vorbis comments, APEv2 items, ID3 TXXX and MP4 "----", after `folded`.
FREE = {
    "albumartist": "albumartist",
    "artists": "artist",
    "year": "date",
    "track": "tracknumber",
    "totaltracks": "tracktotal",
    "tracktotal": "tracktotal",
    "disc": "discnumber",
    "totaldiscs": "disctotal",
    "disctotal": "disctotal",
    "originalyear": "originaldate",
    "unsyncedlyrics": "lyrics",
    "publisher": "label",
    "organization": "label",
    "initialkey": "key",
    "tempo": "bpm",
    "description": "comment",
    "musicbrainztrackid": "musicbrainz_trackid",
    "musicbrainzreleasetrackid": "musicbrainz_releasetrackid",
    "musicbrainzalbumid": "musicbrainz_albumid",
    "musicbrainzartistid": "musicbrainz_artistid",
    "musicbrainzalbumartistid": "musicbrainz_albumartistid",
    "musicbrainzreleasegroupid": "musicbrainz_releasegroupid",
    "musicbrainzworkid": "musicbrainz_workid",
    "musicbrainzalbumtype": "releasetype",
    "musicbrainzalbumstatus": "releasestatus",
    "musicbrainzalbumreleasecountry": "releasecountry",
    "acoustidid": "acoustid_id",
    "replaygaintrackgain": "replaygain_track_gain",
    "replaygaintrackpeak": "replaygain_track_peak",
    "replaygainalbumgain": "replaygain_album_gain",
    "replaygainalbumpeak": "replaygain_album_peak",
    "r128trackgain": "r128_track_gain",
    "r128albumgain": "r128_album_gain",
}

KNOWN = frozenset(ID3.values()) | frozenset(MP4.values()) | frozenset(FREE.values())
LESS_SAID = frozenset(
    [
        *("coverart", "coverartmime", "metadatablockpicture", "cuesheet"),
        *("encoder", "software", "majorbrand", "minorversion", "compatiblebrands"),
        *("itunsmpb", "itunnorm"),  # of this file's bytes, not of its music
    ]
)


def free_name(spelling: str) -> str | None:
    """The canonical name of a free-form tag ("MusicBrainz Album Id", "ALBUM ARTIST", …).

    Unknown names are kept in lower case; None for what is no text (pictures) or no news (encoder).
    """
    folded = "".join(c for c in spelling.lower() if c.isalnum())
    if not folded or folded in LESS_SAID or len(spelling) > 100:
        return None
    if folded in FREE:
        return FREE[folded]
    return folded if folded in KNOWN else spelling.strip().lower()
