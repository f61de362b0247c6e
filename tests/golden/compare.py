"""Golden files: what is printed is compared with what was printed when somebody last read it.

``VERINET_GOLDEN=write pytest ...`` writes them anew; then read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def compare(name: str, text: str) -> None:
    """Compare with tests/golden/NAME, or write it when asked to."""
    path = FOLDER / name
    if os.environ.get("VERINET_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{name} is missing: run with VERINET_GOLDEN=write and read it"
    assert text == path.read_text(encoding="utf-8")


def certificates() -> list[Path]:
    """The stored certificates, which do not change when the provers do."""
    return sorted((FOLDER / "certificates").glob("*.json"))
