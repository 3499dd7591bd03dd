import pytest
from pydantic import ValidationError

from coprod.settings import BadSettings, Settings, from_environment
from tests.conftest import KEY


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """An environment with nothing in it but a data folder."""
    import os

    for name in [name for name in os.environ if name.startswith("COPROD_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("FLASK_DEBUG", raising=False)
    monkeypatch.setenv("COPROD_INSTANCE", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize("key", ["", "short", "x" * 31])
def test_production_does_not_start_without_a_real_key_and_says_how_to_make_one(environment, key):
    environment.setenv("COPROD_SECRET_KEY", key)
    with pytest.raises(BadSettings, match=r"COPROD_SECRET_KEY must be at least 32 .*python3"):
        from_environment()


def test_production_does_not_start_with_debug_on(environment):
    environment.setenv("COPROD_SECRET_KEY", KEY)
    environment.setenv("FLASK_DEBUG", "1")
    with pytest.raises(BadSettings, match="FLASK_DEBUG"):
        from_environment()


def test_a_demonstration_makes_a_key_of_its_own_and_keeps_it(environment):
    environment.setenv("COPROD_MODE", "demonstration")
    settings = from_environment()
    key = settings.key()
    assert len(key) >= 32
    assert from_environment().key() == key
    assert (settings.instance / "demonstration.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "https://", "javascript:alert(1)"])
def test_the_address_of_the_site_is_a_whole_web_address(environment, address):
    environment.setenv("COPROD_MODE", "demonstration")
    environment.setenv("COPROD_BASE_URL", address)
    with pytest.raises(BadSettings, match="COPROD_BASE_URL: must be a whole web address"):
        from_environment()


def test_each_wrong_setting_is_named(environment):
    environment.setenv("COPROD_MODE", "demonstration")
    environment.setenv("COPROD_PROXIES", "many")
    environment.setenv("COPROD_CONTACT_EMAIL", "nobody")
    with pytest.raises(BadSettings) as refusal:
        from_environment()
    assert "COPROD_PROXIES" in str(refusal.value)
    assert "COPROD_CONTACT_EMAIL" in str(refusal.value)


def test_only_named_hosts_are_trusted():
    settings = Settings(
        mode="demonstration", base_url="https://charter.example.org/", trusted_hosts=("other.example.org",)
    )
    assert settings.hosts == ["charter.example.org", "other.example.org"]
    assert settings.base_url == "https://charter.example.org"
    assert settings.secure


def test_settings_do_not_change_while_the_program_runs():
    settings = Settings(mode="demonstration")
    with pytest.raises(ValidationError):
        settings.area_name = "Elsewhere"  # type: ignore[misc]  # that is the point
