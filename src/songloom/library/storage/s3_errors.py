"""What goes wrong with an S3 storage, in our own words: away, full, or not allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from songloom.errors import DiskFull, StorageAway, StorageDenied, TryLater

FULL = {
    "InsufficientStorage",
    "InsufficientStorageCapacity",
    "QuotaExceeded",
    "QuotaExceededException",
    "ServiceQuotaExceededException",
    "XMinioStorageFull",
    "XMinioAdminBucketQuotaExceeded",
}
MISSING = {"NoSuchKey", "NotFound", "404"}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_missing(error: ClientError) -> bool:
    """Nothing lies under this key. A bucket that is not there is another matter."""
    return code_of(error) in MISSING


@contextmanager
def asking() -> Iterator[None]:
    """Around every call: raises StorageAway, StorageDenied or DiskFull, never what boto3 raises."""
    try:
        yield
    except ClientError as exc:
        raise as_ours(exc) from exc
    except (NoCredentialsError, PartialCredentialsError) as exc:
        raise StorageDenied("the storage needs a key and a secret; none are set") from exc
    except (BotoCoreError, Boto3Error) as exc:
        raise StorageAway(f"the storage does not answer ({type(exc).__name__})") from exc


def as_ours(error: ClientError) -> TryLater:
    code, status = code_of(error), status_of(error)
    if code in FULL or status == 507:
        return DiskFull(f"the storage is full ({code})")
    if code == "NoSuchBucket":
        return StorageAway("the storage has no bucket of this name; make it first")
    if status in (401, 403):
        return StorageDenied(f"the storage refuses this key ({code})")
    return StorageAway(f"the storage answers with an error ({code}, {status})")
