"""HTTP: what a reviewer does with one item of evidence: open its file, or say that it shows personal data."""

from uuid import UUID

from flask import redirect, url_for
from werkzeug.wrappers import Response

from coprod.evidence.file_types import TYPES
from coprod.moderation import exhibits, queries
from coprod.moderation.blueprint import bp
from coprod.permissions import Action
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, needs
from coprod.web.files import attachment
from coprod.web.notices import flash

AT = "/moderation/cases/<uuid:case_id>/<code>/evidence/<uuid:evidence_id>"


@bp.post(f"{AT}/open")
@needs(Action.SEE_QUEUE)
def open_file(case_id: UUID, code: str, evidence_id: UUID) -> Response:
    """The file itself, to keep. That this reviewer opened it is written down in the same step."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        file = exhibits.open_file(found, code, evidence_id, actor=actor, now=clock.now())
        name, kind, size, sha256 = file.name, file.type, file.size, file.sha256
    return attachment(
        deployment.evidence_storage().pieces(sha256), name=name, mime=TYPES[kind].mime, size=size
    )


@bp.post("/moderation/cases/<uuid:case_id>/<code>/comments/<uuid:confirmation_id>/empty")
@needs(Action.SEE_QUEUE)
def empty_comment(case_id: UUID, code: str, confirmation_id: UUID) -> Response:
    """Take away the words of a family's comment in which somebody can be known."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        exhibits.comment_names_somebody(found, code, confirmation_id, actor=actor, now=clock.now())
    flash(N_("The words of the comment are gone for everybody. The answer still counts."))
    where = ".decide" if found.contested else ".rate"
    return redirect(url_for(where, case_id=case_id, code=code))


@bp.post(f"{AT}/personal-data")
@needs(Action.SEE_QUEUE)
def personal_data(case_id: UUID, code: str, evidence_id: UUID) -> Response:
    """Shut the item away for everybody, at once."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        exhibits.personal_data_seen(found, code, evidence_id, actor=actor, now=clock.now())
    flash(N_("Shut away. Nobody can see it any more, and the organisation is told. If you kept a copy, delete it now."))
    return redirect(url_for(".rate", case_id=case_id, code=code))
