"""Storage in a bucket of S3, through django-storages. An object appears when it is complete."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from songloom.errors import Conflict, DiskFull, StorageAway, TryLater
from songloom.library.storage.address import Address
from songloom.library.storage.cache import Cache
from songloom.library.storage.local import as_error, temporary
from songloom.library.storage.s3_errors import asking, is_missing
from songloom.library.storage.s3_stream import AWAY, Stream
from songloom.library.storage.shelves import Entry, Shelf, key_of

PIECE_BYTES = 1 << 20
IN_ONE_BYTES = 64 << 20  # up to here one request, whose SHA-256 the server checks
PART_BYTES = 16 << 20
MOST_PUTS = 3
YOUNG_S = 1_800  # half of what `verify` takes for young


class Asked(NamedTuple):
    """How patiently the storage is asked."""

    connect_s: float
    read_s: float
    n_tries: int


USUAL = Asked(3.0, 20.0, 2)
BRIEF = Asked(2.0, 2.0, 1)


class SharedS3(S3Storage):  # type: ignore[misc]  # it comes without types
    """One client for all threads: every request has a new thread, and a client costs 60 ms."""

    def __init__(self, address: Address, endpoint: str, asked: Asked) -> None:
        self.asked = (endpoint, address.key, address.secret, address.region, address.style, asked)
        super().__init__(
            bucket_name=address.bucket,
            location=address.prefix,
            object_parameters={"ChecksumAlgorithm": "SHA256"},
            transfer_config=TransferConfig(
                multipart_threshold=IN_ONE_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=4
            ),
        )

    @property
    def connection(self) -> Any:
        return _connected(*self.asked)

    @property
    def client(self) -> Any:
        return self.connection.meta.client


@lru_cache(maxsize=8)
def _connected(endpoint: str, key: str, secret: str, region: str, style: str, asked: Asked) -> Any:
    """Without key and secret boto3 looks for them: variables, files, roles."""
    return boto3.Session(
        aws_access_key_id=key or None, aws_secret_access_key=secret or None
    ).resource(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or ("us-east-1" if endpoint else None),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=asked.connect_s,
            read_timeout=asked.read_s,
            retries={"total_max_attempts": asked.n_tries},
            max_pool_connections=64,
            tcp_keepalive=True,
        ),
    )


class S3Store:
    """Objects below the prefix of a bucket, with a cache of those that were at hand lately."""

    def __init__(self, address: Address, cache: Cache) -> None:
        self.address = address
        self.cache = cache
        self._files = SharedS3(address, address.endpoint, USUAL)

    @property
    def name(self) -> str:
        return str(self.address)

    def where(self, sha256: str, shelf: Shelf) -> str:
        return f"{self.name}/{key_of(sha256, shelf)}"

    def path(self, sha256: str, shelf: Shelf) -> None:
        """It lies on no disk of this machine."""

    def keep(
        self, path: Path, sha256: str, shelf: Shelf, *, move: bool = True, use_up: bool = True
    ) -> None:
        """What is moved in stays at hand in the cache: it is read again at once."""
        key = key_of(sha256, shelf)
        size_bytes = _size_of(path, sha256)
        known = self._head(key)
        if known is None or known["ContentLength"] != size_bytes:
            self._put_surely(key, path, sha256, size_bytes)
        elif time.time() - known["LastModified"].timestamp() > YOUNG_S:
            self._make_young(key)
        if move:
            self.cache.take(key, path)
            if use_up:
                path.unlink(missing_ok=True)

    def drop(self, sha256: str, shelf: Shelf) -> None:
        self.remove(key_of(sha256, shelf))

    def is_there(self, sha256: str, shelf: Shelf) -> bool:
        return self._head(key_of(sha256, shelf)) is not None

    @contextmanager
    def at_hand(self, sha256: str, shelf: Shelf) -> Iterator[Path]:
        key = key_of(sha256, shelf)
        with temporary(".stored") as path:
            if not self.cache.lend(key, path):
                self._fetch(sha256, shelf, path)
                self.cache.take(key, path)
            yield path

    def pieces(self, sha256: str, shelf: Shelf) -> Iterator[bytes]:
        stream = self.stream(sha256, shelf)
        try:
            while piece := stream.read(PIECE_BYTES):
                yield piece
        finally:
            stream.close()

    def stream(self, sha256: str, shelf: Shelf, wanted: str = "") -> Stream:
        """The bytes straight from the storage; `wanted` is a Range of HTTP with one pair."""
        key = self._full(key_of(sha256, shelf))
        return Stream(self._files.client, self.address.bucket, key, wanted)

    def size_of(self, sha256: str, shelf: Shelf) -> int:
        """Raises StorageAway when nothing lies there."""
        known = self._head(key_of(sha256, shelf))
        if known is None:
            raise StorageAway(AWAY)
        return int(known["ContentLength"])

    def signed_url(self, sha256: str, shelf: Shelf, *, lasts_s: int, answer: dict[str, str]) -> str:
        """An address that anybody may read these bytes from for a while.

        answer  ContentType, ContentDisposition …: what the storage shall say of them
        """
        wishes = {f"Response{name}": value for name, value in answer.items()}
        with asking():
            return str(self._public.url(key_of(sha256, shelf), parameters=wishes, expire=lasts_s))

    @cached_property
    def origin(self) -> str:
        """What signed addresses begin with: scheme and host."""
        parts = urlsplit(self.signed_url("0" * 64, "audio", lasts_s=60, answer={}))
        return f"{parts.scheme}://{parts.netloc}"

    def entries(self, shelf: Shelf) -> Iterator[Entry]:
        root = self._full("")
        with asking():
            pages = self._files.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.address.bucket, Prefix=self._full(f"{shelf}/")
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(root)
                    yield Entry(key, found["Size"], found["LastModified"].timestamp())

    def remove(self, key: str) -> bool:
        with asking():
            self._files.delete(key)
        self.cache.forget(key)
        return True

    def unfinished(self, *, older_than_s: float) -> Iterator[str]:
        for upload in self._uploads():
            if time.time() - upload["Initiated"].timestamp() > older_than_s:
                yield upload["Key"].removeprefix(self._full(""))

    def end_unfinished(self, key: str) -> None:
        full = self._full(key)
        for upload in self._uploads():
            if upload["Key"] == full:
                with asking():
                    self._files.client.abort_multipart_upload(
                        Bucket=self.address.bucket, Key=full, UploadId=upload["UploadId"]
                    )

    def is_reachable(self) -> bool:
        try:
            with asking():
                self._brief.client.head_bucket(Bucket=self.address.bucket)
        except TryLater:
            return False
        return True

    @cached_property
    def _public(self) -> SharedS3:
        """Signs addresses as listeners reach them."""
        return SharedS3(self.address, self.address.public, USUAL)

    @cached_property
    def _brief(self) -> SharedS3:
        """For whoever asks whether it answers."""
        return SharedS3(self.address, self.address.endpoint, BRIEF)

    def _full(self, key: str) -> str:
        return f"{self.address.prefix}/{key}" if self.address.prefix else key

    def _head(self, key: str, **more: str) -> dict[str, Any] | None:
        with asking():
            try:
                return dict(
                    self._files.client.head_object(
                        Bucket=self.address.bucket, Key=self._full(key), **more
                    )
                )
            except ClientError as exc:
                if is_missing(exc):
                    return None
                raise

    def _put_surely(self, key: str, path: Path, sha256: str, size_bytes: int) -> None:
        """Once more if somebody forgets the same bytes at this very moment."""
        for _ in range(MOST_PUTS):
            there = self._put(key, path)
            if there is not None:
                break
        else:
            raise StorageAway("the storage does not keep these bytes; nothing was stored")
        told = there.get("ChecksumSHA256", "")  # of parts together it ends in -N
        spelled = base64.b64encode(bytes.fromhex(sha256)).decode()
        is_same = told in ("", spelled) or "-" in told
        if there["ContentLength"] != size_bytes or not is_same:
            with suppress(TryLater):
                self.remove(key)
            raise StorageAway("the storage did not keep all bytes; nothing was stored")

    def _put(self, key: str, path: Path) -> dict[str, Any] | None:
        """Complete or not at all: one request, or parts that count once all are there."""
        with asking(), path.open("rb") as file:
            self._files.save(key, File(file))
        return self._head(key, ChecksumMode="ENABLED")

    def _make_young(self, key: str) -> None:
        """These bytes come anew, before any row speaks of them: whoever tidies up lets them be."""
        place = {"Bucket": self.address.bucket, "Key": self._full(key)}
        with asking():
            self._files.client.copy_object(
                **place, CopySource=place, MetadataDirective="REPLACE", ChecksumAlgorithm="SHA256"
            )

    def _fetch(self, sha256: str, shelf: Shelf, path: Path) -> None:
        digest = hashlib.sha256()
        try:
            with path.open("wb") as file:
                for piece in self.pieces(sha256, shelf):
                    digest.update(piece)
                    file.write(piece)
        except OSError as exc:
            error = as_error(exc)
            if isinstance(error, DiskFull):
                self.cache.shrink(0)
            raise error from exc
        if digest.hexdigest() != sha256:
            raise StorageAway("the storage holds other bytes than were stored")

    def _uploads(self) -> Iterator[dict[str, Any]]:
        with asking():
            pages = self._files.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.address.bucket, Prefix=self._full("")
            )
            for page in pages:
                yield from page.get("Uploads", ())


def _size_of(path: Path, sha256: str) -> int:
    """How many bytes, once it is sure that they are those. Raises StorageAway, Conflict."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = file.tell()
    except OSError as exc:
        raise as_error(exc) from exc
    if found != sha256:
        raise Conflict("the file changed while it was stored")
    return size_bytes
