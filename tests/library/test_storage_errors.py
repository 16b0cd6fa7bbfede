"""What an S3 server says becomes one of our own errors, and never holds a secret."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from songloom.errors import DiskFull, SongloomError, StorageAway, StorageDenied
from songloom.library.storage.s3_errors import FULL, as_ours, asking, is_missing


def said(code: str, status: int, message: str = "a secret") -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "PutObject")


@pytest.mark.parametrize(
    ("code", "status", "expected", "http"),
    [
        ("AccessDenied", 403, StorageDenied, 503),
        ("InvalidAccessKeyId", 403, StorageDenied, 503),
        ("SignatureDoesNotMatch", 403, StorageDenied, 503),
        ("403", 403, StorageDenied, 503),
        ("ExpiredToken", 401, StorageDenied, 503),
        ("NoSuchBucket", 404, StorageAway, 503),
        ("SlowDown", 503, StorageAway, 503),
        ("InternalError", 500, StorageAway, 503),
        ("BadDigest", 400, StorageAway, 503),
        ("InsufficientStorage", 507, DiskFull, 507),
        ("Odd", 507, DiskFull, 507),
        *((code, 400, DiskFull, 507) for code in sorted(FULL)),
    ],
)
def test_each_answer_has_its_error(
    code: str, status: int, expected: type[SongloomError], http: int
) -> None:
    error = as_ours(said(code, status))
    assert type(error) is expected
    assert error.http_status == http
    assert "a secret" not in str(error)


@pytest.mark.parametrize(
    "trouble",
    [
        EndpointConnectionError(endpoint_url="http://k:a-secret@h"),
        ConnectTimeoutError(endpoint_url="http://k:a-secret@h"),
        ReadTimeoutError(endpoint_url="http://k:a-secret@h"),
        S3UploadFailedError("a-secret"),
    ],
    ids=lambda trouble: type(trouble).__name__,
)
def test_no_answer_is_a_storage_that_is_away(trouble: Exception) -> None:
    with pytest.raises(StorageAway, match="does not answer") as caught, asking():
        raise trouble
    assert "a-secret" not in str(caught.value)
    assert type(caught.value) is StorageAway


def test_no_key_at_all_is_said_as_such() -> None:
    with pytest.raises(StorageDenied, match="needs a key"), asking():
        raise NoCredentialsError


def test_a_fault_of_our_own_is_not_blamed_on_the_storage() -> None:
    with pytest.raises(ZeroDivisionError), asking():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("code", "is_so"),
    [("NoSuchKey", True), ("404", True), ("NotFound", True), ("NoSuchBucket", False)],
)
def test_only_a_missing_object_is_missing(code: str, is_so: bool) -> None:
    assert is_missing(said(code, 404)) == is_so
