from hypothesis import settings


def test_a_slow_machine_fails_no_promise():
    """Promises are tried on made-up cases. However long one takes, only what comes out of it counts."""
    assert settings.default.deadline is None
