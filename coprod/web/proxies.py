"""Which addresses to believe when requests come through proxies: exactly as many as a setting counts."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def install(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # WSGI
