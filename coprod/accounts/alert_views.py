from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.accounts import guessing
from coprod.accounts.blueprint import bp
from coprod.permissions import Action, AreaRole
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, needs
from coprod.web.navigation import Task
from coprod.web.notices import flash

bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            N_("Alerts"),
            "accounts.alerts",
            N_("See what looks like somebody guessing at passwords."),
            lambda actor: AreaRole.COORDINATOR in actor.roles,
        ),
    )
)


@bp.get("/alerts")
@needs(Action.SEE_ALERTS)
def alerts() -> str:
    return render_template("accounts/alerts.html", alerts=guessing.alerts(current_actor()))


@bp.post("/alerts/<uuid:alert_id>/noted")
@needs(Action.SEE_ALERTS)
def note_alert(alert_id: UUID) -> Response:
    with transaction():
        guessing.note_alert(alert_id, actor=current_actor(), now=clock.now())
    flash(N_("Done. The alert stays in the list as seen to."))
    return redirect(url_for(".alerts"))
