"""Where this checkout lies, for tests that read its documents or run its scripts."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
