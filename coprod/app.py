"""create_app(): the only place where the rooms are put together."""

from collections.abc import Callable, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_security import SQLAlchemyUserDatastore
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    Undefined,
)

from coprod import database, demo, history  # noqa: F401  # the table of events must be known
from coprod.accounts import letting_in, sign_in
from coprod.accounts.models import Person, Role
from coprod.database import db
from coprod.directory import listings
from coprod.framework import queries as framework
from coprod.keys import ring
from coprod.settings import ROOT, Settings, from_environment
from coprod.web import (
    access,
    assets,
    bodies,
    csrf,
    deployment,
    downloads,
    errors,
    files,
    formatting,
    headers,
    health,
    keeping,
    languages,
    limits,
    logs,
    navigation,
    open_data,
    packing,
    page_cache,
    proxies,
    reading,
    recently,
    translating,
    tries,
    widgets,
)
from coprod.web.translating import Pages

ROOMS = (
    "framework",
    "accounts",
    "organisations",
    "keys",
    "register",
    "evidence",
    "certificates",
    "changes",
    "charter",
    "assessments",
    "directory",
    "moderation",
    "concerns",
    "mail",
    "running",
)
HOUR = 3600
LARGEST_FORM = 1024 * 1024


def create_app(settings: Settings | None = None, **config: object) -> Flask:
    """The app for one deployment. `config` is laid over Flask's own; tests set the clock with it."""
    settings = settings or from_environment()
    app = App("coprod", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(_config(settings))
    app.config.update(config)
    deployment.install(app, settings)
    ring.install(app, settings)
    logs.install(app)
    _templates(app)
    languages.install(app, app.config.get("MORE_LANGUAGES", ()))
    _data(app)
    framework.install(app, settings)
    navigation.install(app, settings, draft=framework_is_draft(app))
    reading.install(app)
    files.install(app)
    csrf.install(app)
    sign_in.install(app, SQLAlchemyUserDatastore(db, Person, Role))
    limits.install(app)
    app.register_blueprint(health.bp)
    for room in ROOMS:
        app.register_blueprint(import_module(f"coprod.{room}.views").bp)
    _kits_own_routes(app)
    if settings.demonstration:
        app.extensions["coprod.demonstration"] = demo.OFFERED
    keeping.install(app)
    open_data.install(app)
    access.enforce(app, owes_second_step=letting_in.owes_second_step)
    recently.enforce(app)
    errors.install(app)
    headers.install(app, secure=settings.secure)
    downloads.install(app)
    packing.install(app)
    tries.install(app, settings)
    bodies.install(app)
    page_cache.install(app, kept=bool(app.config["KEEP_PAGES"]))
    listings.install()
    proxies.install(app, settings.proxies)
    return app


class App(Flask):
    """Every view and every step round it is a plain function: there is no need to look, each time it is called."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def framework_is_draft(app: Flask) -> bool:
    with app.app_context():
        return framework.current_framework().status == "draft"


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.key(),
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(
            settings.database, connections=settings.database_connections
        ),
        "SESSION_COOKIE_NAME": settings.cookie("coprod_session"),
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRUSTED_HOSTS": settings.hosts,
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "MAX_FORM_PARTS": 500,
        "WTF_CSRF_TIME_LIMIT": 12 * HOUR,
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
        "KEEP_PAGES": True,
        "WTF_I18N_ENABLED": False,  # It reads a file for each form; our own catalogues have its words.
        **sign_in.config(settings),
    }


def _templates(app: Flask) -> None:
    app.jinja_environment = Pages  # Before the first use, as Flask means it.
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = True
    env.lstrip_blocks = True
    kits = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    env.loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), KitLoader(kits), *_flask_loader(env)])
    WTFormsHelpers(app)
    app.jinja_env.globals["asset"] = assets.versioned
    app.jinja_env.globals["component"] = widgets.component
    formatting.install(app)
    translating.install(app)


def _flask_loader(env: Environment) -> list[BaseLoader]:
    """Libraries' own pages, such as Flask-Security's, come last."""
    return [env.loader] if env.loader else []


class KitLoader(PrefixLoader):
    """The UI kit's templates try names that nobody gave, so they are read leniently; ours stay strict."""

    _lenient: Environment | None = None

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if self._lenient is None:
            self._lenient = environment.overlay(undefined=Undefined, trim_blocks=False, lstrip_blocks=False)
        return super().load(self._lenient, name, globals)


def _data(app: Flask) -> None:
    for room in ROOMS:
        if find_spec(f"coprod.{room}.models"):
            import_module(f"coprod.{room}.models")  # Tables refer to each other by name: all must be known.
    db.init_app(app)
    folder = str(ROOT / "coprod" / "migrations")
    Migrate(
        app, db, directory=folder, render_as_batch=True, compare_type=True, include_object=database.is_described
    )
    with app.app_context():
        database.prepare(db.engine)


def _kits_own_routes(app: Flask) -> None:
    """The routes that libraries bring state their access here; any other stays shut."""
    for endpoint in ("static", "security.login"):
        app.view_functions[endpoint] = access.public(_own(app.view_functions[endpoint]))
    app.view_functions["security.logout"] = access.first_step(_own(app.view_functions["security.logout"]))


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    """A function of our own round a library's, so that marking it does not mark the library's."""

    def call(**values: object) -> Any:
        return view(**values)

    return call
