"""A disk that is always full, where the system has one."""

from pathlib import Path

import pytest

FULL = Path("/dev/full")
full = pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
