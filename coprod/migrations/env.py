"""Runs migrations on the app's own engine. Both engines: SQLite alters tables by copying them (batch mode)."""

from alembic import context
from flask import current_app

from coprod.database import db

migrate = current_app.extensions["migrate"]

with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
