"""What somebody does with a Songloom behind nginx: `visit.py KEY SONG`; prints what came, as JSON.

Runs in the network of the booted system, so it is a program of its own.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import httpx

WITHIN_S = 120


def main(key: str, path: Path) -> None:
    headers = {"Host": "music.example.org", "Authorization": f"Bearer {key}"}
    with httpx.Client(base_url="http://127.0.0.1", headers=headers, timeout=60) as web:
        sound = path.read_bytes()
        made = web.post("/api/v1/tracks", files={"file": (path.name, sound)})
        made.raise_for_status()
        address = f"/api/v1/tracks/{made.json()['id']}"
        part = web.get(f"{address}/stream", headers={"Range": "bytes=100-199"})
        ends_s = time.monotonic() + WITHIN_S
        while (answer := web.get(f"{address}/features")).status_code != 200:
            assert time.monotonic() < ends_s, answer.text
            time.sleep(0.5)
        said = {
            "status": part.status_code,
            "right": part.content == sound[100:200],
            "server": part.headers["server"],
            "features": answer.json()["features"],
        }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
