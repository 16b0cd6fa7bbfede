"""The bytes of one object, or a range of them; a connection that breaks is taken up again."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from songloom.errors import RangeBeyondEnd, StorageAway
from songloom.library.storage.s3_errors import asking, code_of, is_missing, status_of

WAITS_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # before each new try, without a byte between them
AWAY = "the file cannot be reached"


class Stream:
    """Opened on creation; `read` piece by piece, then `close`.

    first, last  the bytes that come, counted from 0; last is -1 for an empty object
    size_bytes   of the whole object
    Raises StorageAway when nothing lies there, RangeBeyondEnd for a range behind the end.
    """

    def __init__(self, client: Any, bucket: str, key: str, wanted: str = "") -> None:
        """wanted  a Range of HTTP with one pair of numbers, or empty for all"""
        self._client, self._place = client, {"Bucket": bucket, "Key": key}
        answer = self._opened(wanted)
        self._etag = answer["ETag"]
        self._body = answer["Body"]
        self._n_breaks = 0
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.get("ContentRange") or "")
        size = int(answer["ContentLength"])
        self.first, self.last, self.size_bytes = (
            map(int, found.groups()) if found else (0, size - 1, size)
        )
        self._at = self.first

    @property
    def n_bytes(self) -> int:
        """How many bytes come altogether."""
        return self.last - self.first + 1

    def read(self, most: int) -> bytes:
        """The next bytes; empty at the end. Raises StorageAway when the rest cannot be had."""
        left = self.last + 1 - self._at
        while left:
            piece = self._piece(min(most, left))
            if piece:
                self._at += len(piece)
                self._n_breaks = 0
                return piece
            self._again()
        return b""

    def close(self) -> None:
        with suppress(Exception):
            self._body.close()

    def _piece(self, n: int) -> bytes:
        """Empty when the connection broke."""
        try:
            return bytes(self._body.read(n)) if self._body else b""
        except (BotoCoreError, OSError):
            return b""

    def _again(self) -> None:
        """From where it broke, if the same bytes are still there."""
        self.close()
        self._body = None
        if self._n_breaks == len(WAITS_S):
            raise StorageAway("the connection to the storage broke off")
        time.sleep(WAITS_S[self._n_breaks])
        self._n_breaks += 1
        wanted = {"Range": f"bytes={self._at}-{self.last}", "IfMatch": self._etag}
        try:
            self._body = self._client.get_object(**self._place, **wanted)["Body"]
        except ClientError as exc:
            if status_of(exc) < 500:  # gone, changed, or no longer allowed
                raise StorageAway("the connection to the storage broke off") from exc
        except BotoCoreError:
            return  # it counts as another break

    def _opened(self, wanted: str) -> Any:
        more = {"Range": wanted} if wanted else {}
        with asking():
            try:
                return self._client.get_object(**self._place, **more)
            except ClientError as exc:
                if is_missing(exc):
                    raise StorageAway(AWAY) from exc
                if code_of(exc) in ("InvalidRange", "416"):
                    raise RangeBeyondEnd("the range begins behind the end") from exc
                raise
