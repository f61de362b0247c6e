"""Fail if a built page loads anything from elsewhere: python docs/offline.py FOLDER."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# an attribute that makes a browser fetch, with an address that has a host
TAG = r"<(?:script|img|iframe|source|link)\b[^>]*"
LOADS = re.compile(TAG + r"""\b(?:src|href)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)""", re.I)
STYLE = re.compile(r"""(?:@import\s+|url\()\s*["']?((?:https?:)?//[^"')\s]+)""", re.I)


def main(folder: Path) -> int:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".css"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(folder)} loads {address}" for address in LOADS.findall(text)]
            found += [f"{path.relative_to(folder)} loads {address}" for address in STYLE.findall(text)]
    print("\n".join(found) or f"{folder}: every page reads offline")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
