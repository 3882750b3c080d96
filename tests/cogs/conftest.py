import pytest

from bot.texts.texts import Texts


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts.load(strict=True)
