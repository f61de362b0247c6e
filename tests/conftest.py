"""What every test may use: one hypothesis profile, and the folder of public benchmark networks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A failure is the same on every machine, and a slow machine is no failure: no random seed, no clock.
settings.register_profile(
    "house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def benchmarks() -> Path:
    """The folder of public benchmark networks, no part of the repository (docs/how-to/benchmarks.md)."""
    folder = os.environ.get("VERINET_BENCHMARKS")
    if not folder:
        pytest.skip("left out: VERINET_BENCHMARKS is not set (docs/how-to/benchmarks.md)")
    if not Path(folder).is_dir():
        pytest.fail(f"VERINET_BENCHMARKS names {folder}, which is not a folder")
    return Path(folder)


@pytest.fixture(scope="session")
def controllers() -> Path:
    """The folder of our own two controllers and their properties."""
    return ROOT / "examples" / "controllers"
