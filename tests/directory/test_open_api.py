"""The description of the open data is true: Schemathesis reads it, and asks each address as it says."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import (
    FailureGroup,
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from coprod.certificates import making
from coprod.keys.models import PublicKey
from coprod.web import open_api
from coprod.web.open_data import ATTRIBUTE as OPEN
from tests.directory.test_export import signed
from tests.support import build

# What an address can't mean is left out, as the description says: so nothing is refused for it.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
NOT_DATA = {"directory.robots", "directory.sitemap", "directory.sitemap_pages", "directory.sitemap_signatories"}
EXAMPLES = 5


@pytest.fixture
def described(app: Flask) -> Any:
    """The description as it is served, with something to find behind each address."""
    where = signed("Hazel Lane School").organisation
    making.make_missing(now=build.MOMENT)
    build.award(where)
    build.public_change(where)
    build.public_change(where, "Still listening", status="listening", decided_on=None, group=None)
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def known(app: Flask) -> dict[str, str]:
    """What stands in addresses of things that are there."""
    organisation = build.db.session.query(build.Organisation).one()
    key = build.db.session.query(PublicKey).filter_by(purpose="badge").one()
    certificate = build.db.session.query(build.Certificate).filter_by(kind="signing").one()
    return {"slug": organisation.slug, "thumbprint": key.thumbprint, "code": certificate.code}


def test_every_address_gives_what_its_description_says(app: Flask, described: Any) -> None:
    there = known(app)
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) >= 12
    for operation in operations:
        names = {parameter.name for parameter in operation.path_parameters}
        case = operation.Case(path_parameters={name: there[name] for name in names})
        assert case.call_and_validate(checks=CHECKS).status_code == 200, operation.label

    for operation in operations:
        ask_at_random(operation)


def ask_at_random(operation: Any) -> None:
    @given(operation.as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def asked(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    asked()


def test_all_open_data_are_described(app: Flask) -> None:
    views = app.view_functions.items()
    is_open = {endpoint for endpoint, view in views if getattr(view, OPEN, False)} - NOT_DATA
    told = {endpoint for endpoint, view in views if hasattr(view, open_api.ATTRIBUTE)}
    assert is_open | {"certificates.credential"} == told


def test_a_description_that_is_not_true_is_noticed(
    app: Flask, described: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = described["/register/head.json"]["GET"]
    view = app.view_functions["register.head"]
    monkeypatch.setitem(app.view_functions, "register.head", lambda: {"seq": "one"})
    for name in ("access", OPEN):
        monkeypatch.setattr(app.view_functions["register.head"], name, getattr(view, name), raising=False)
    with pytest.raises(FailureGroup, match="Response violates schema"):
        operation.Case().call_and_validate(checks=CHECKS)
