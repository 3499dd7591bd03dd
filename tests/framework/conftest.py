from pathlib import Path

import pytest

from coprod.framework.load import load_framework
from coprod.framework.model import Framework

FRAMEWORKS = Path(__file__).parents[2] / "frameworks"


@pytest.fixture(scope="session")
def shipped() -> Framework:
    """The standards that come with the product."""
    return load_framework(FRAMEWORKS / "send-coproduction" / "1.0")
