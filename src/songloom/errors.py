"""Every error a caller may meet.

SongloomError
├── RefusedInput             the request is wrong; repeating it will not help
│   ├── NotAudio             no decoder can read these bytes
│   │   ├── Truncated        the file ends early and nothing in it can be played
│   │   └── WebPage          HTML came where audio was asked for
│   ├── EmptyFile            there is nothing in it
│   ├── TooLong              longer than settings.LONGEST_TRACK_S
│   ├── TooLarge             larger than settings.LARGEST_UPLOAD_MB
│   ├── BeyondLimits         could not be decoded within memory, time or file-size limits
│   ├── BadUrl               not an http or https address
│   ├── ForbiddenAddress     the URL leads to a private or reserved network
│   ├── DeadLink             the server does not answer, or answers with an error
│   ├── NoSuchFile           a path that is not there
│   ├── BadRecipe            an edit that does not exist or a value outside its range
│   ├── BadPrompt            empty, too long, or nothing but control characters
│   ├── BadValue             any other value outside its range
│   ├── RangeBeyondEnd       a part of a file that begins behind its end
│   ├── TooFewExamples       not enough songs to learn a tag from
│   ├── NoAudio              a catalogue entry without sound
│   ├── BadTable             a file that is no table, or has no column that is known
│   │   ├── BadRow           a row that cannot be told into cells
│   │   ├── BadText          bytes that are no text in the encoding of the table
│   │   ├── BadDate          a cell that should be a date
│   │   └── BadNumber        a cell that should be a number, a length of time or a frequency
│   ├── BadStoreAddress      not a mongodb address
│   └── MissingExtra         a part of Songloom that is not installed
├── NotFound                 no such thing, or not visible to this user
├── NotAllowed               visible, but this user may not change it
├── Unauthenticated          wrong or missing credentials
├── Conflict                 the state changed meanwhile
│   └── TooManyMissing       a scan found so much gone that it asks first
├── Cancelled                someone cancelled this job
├── Locked                   another server already runs on this home
└── TryLater                 the work is right; a resource is missing now
    ├── DiskFull             no space left
    ├── Busy                 a limit on parallel work was reached
    │   └── TooMany          too many tries within a short time
    ├── StorageAway          the storage or a folder is not connected
    │   └── StorageDenied    the storage refuses the key that is set
    ├── DatabaseAway         the database server does not answer
    └── StoreAway            a MongoDB server does not answer
"""

from __future__ import annotations


class SongloomError(Exception):
    """The root. `code` is stable and may be relied on; the message is for people."""

    code = "error"
    http_status = 500

    def __init__(self, message: str = "", **fields: str) -> None:
        super().__init__(message or self.code)
        self.fields = fields


class RefusedInput(SongloomError):
    code = "refused"
    http_status = 422


class NotAudio(RefusedInput):
    code = "not_audio"
    http_status = 415


class Truncated(NotAudio):
    code = "truncated"


class WebPage(NotAudio):
    code = "web_page"


class EmptyFile(RefusedInput):
    code = "empty_file"
    http_status = 415


class TooLong(RefusedInput):
    code = "too_long"


class TooLarge(RefusedInput):
    code = "too_large"
    http_status = 413


class BeyondLimits(RefusedInput):
    code = "beyond_limits"


class BadUrl(RefusedInput):
    code = "bad_url"


class ForbiddenAddress(RefusedInput):
    code = "forbidden_address"


class DeadLink(RefusedInput):
    code = "dead_link"


class NoSuchFile(RefusedInput):
    code = "no_such_file"


class BadRecipe(RefusedInput):
    code = "bad_recipe"


class BadPrompt(RefusedInput):
    code = "bad_prompt"


class BadValue(RefusedInput):
    code = "bad_value"


class RangeBeyondEnd(RefusedInput):
    code = "range_beyond_end"
    http_status = 416


class TooFewExamples(RefusedInput):
    code = "too_few_examples"


class NoAudio(RefusedInput):
    code = "no_audio"


class BadTable(RefusedInput):
    code = "bad_table"


class BadRow(BadTable):
    code = "bad_row"


class BadText(BadTable):
    code = "bad_text"


class BadDate(BadTable):
    code = "bad_date"


class BadNumber(BadTable):
    code = "bad_number"


class BadStoreAddress(RefusedInput):
    code = "bad_store_address"


class MissingExtra(RefusedInput):
    code = "missing_extra"


class NotFound(SongloomError):
    code = "not_found"
    http_status = 404


class NotAllowed(SongloomError):
    code = "not_allowed"
    http_status = 403


class Unauthenticated(SongloomError):
    code = "unauthenticated"
    http_status = 401


class Conflict(SongloomError):
    code = "conflict"
    http_status = 409


class TooManyMissing(Conflict):
    code = "too_many_missing"


class Cancelled(SongloomError):
    code = "cancelled"
    http_status = 409


class Locked(SongloomError):
    code = "locked"
    http_status = 409


class TryLater(SongloomError):
    code = "try_later"
    http_status = 503


class DiskFull(TryLater):
    code = "disk_full"
    http_status = 507


class Busy(TryLater):
    code = "busy"
    http_status = 429


class TooMany(Busy):
    code = "too_many_requests"

    def __init__(self, n: int, window_s: float, retry_after_s: int) -> None:
        super().__init__(f"More than {n} tries within {window_s:.0f} s; wait {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class StorageAway(TryLater):
    code = "storage_away"


class StorageDenied(StorageAway):
    code = "storage_denied"


class DatabaseAway(TryLater):
    code = "database_away"


class StoreAway(TryLater):
    code = "store_away"
