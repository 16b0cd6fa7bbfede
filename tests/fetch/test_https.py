"""TLS to a checked address under the name that was asked for."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from songloom.errors import DeadLink
from songloom.fetch import fetching
from tests.fetch.servers import LOOPBACK, serving

SONG = b"OggS" + b"song" * 1_000
LOCAL: dict[str, Any] = {"resolver": lambda host, port: ["127.0.0.1"], "allow": LOOPBACK}


def self_signed(name: str) -> tuple[bytes, bytes]:
    """(certificate, key) in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return certificate.public_bytes(pem), private


def get(url: str, tls: ssl.SSLContext | None = None) -> bytes:
    with fetching(url, tls=tls, **LOCAL) as answer:
        return b"".join(answer.chunks())


def test_https_asks_by_name_and_believes_only_a_certificate_of_that_name(tmp_path: Path) -> None:
    certificate, key = self_signed("music.example")
    (tmp_path / "server.pem").write_bytes(certificate + key)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(tmp_path / "server.pem")
    names: list[str | None] = []
    server_side.sni_callback = lambda sock, name, context: names.append(name)
    trusting = ssl.create_default_context(cadata=certificate.decode())

    with serving(lambda request: request.answer(SONG), tls=server_side) as server:
        url = f"https://music.example:{server.port}/a.ogg"
        assert get(url, trusting) == SONG
        with pytest.raises(DeadLink):
            get(url)  # nobody vouches for it
        with pytest.raises(DeadLink):
            get(url.replace("music", "other"), trusting)
    assert names[0] == "music.example"
    assert len(server.requests) == 1
