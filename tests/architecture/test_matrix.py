"""Who gets what answer from every route: own things, another organisation's, and things that are not there.

Each row of MATRIX says what the own thing answers to each person. A route without a row fails. Somebody else's thing
answers like a missing one, word for word, except to the people whom the row names as reaching it too; and whoever is
refused changes nothing. `python -m tests.architecture.test_matrix` prints the matrix as it is found.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from coprod.settings import ROOT
from tests.architecture.test_routes import SHUT
from tests.support.build import PASSWORD
from tests.support.sides import Sides
from tests.support.world import PEOPLE

THREE = ("own", "other", "missing")
MISSING = UUID(int=7)
MISSING_WORD = "not-there-at-all"
NO_TOKEN = {"mail.stop"}  # A mail program's one click (RFC 8058) has no page of ours: the address holds a secret.
NOBODYS = {"moderation.practice", "moderation.sample", "directory.sitemap_signatories"}
REFUSED = {"in", "403", "404"}
DAY = ["1", "9", "2027"]
PAST_DAY = ["1", "6", "2026"]

# What goes into each address, where it is not this.
USUAL = {"organisation_id": "place", "assessment_id": "draft", "action_id": "action", "evidence_id": "evidence"}
USUAL |= {"meeting_id": "meeting", "note_id": "note"}
USUAL |= {"change_id": "change", "link_id": "link", "commitment_id": "commitment", "certificate_id": "certificate"}
USUAL |= {"session_id": "session", "alert_id": "alert", "secret": "secret", "slug": "slug"}
USUAL |= {"concern_id": "concern", "person_id": "person", "file_id": "upload"}
FIXED = {"code": "RA1", "layout": "large-print", "audience": "school"}  # Words that mean the same to everybody.
FIXED |= {"part": 1}
USUAL |= {"thumbprint": "thumbprint"}
FIXED |= {"value": "RA", "about": "RA1"}
FIXED |= {"version": "1.0", "sample": "three-changes"}
THINGS = {
    "accounts.decide": {"membership_id": "asked"},
    "accounts.give_role": {"membership_id": "helper"},
    "accounts.hand_over": {"organisation_id": "joining"},
    "accounts.invite_again": {"invitation_id": "invitation"},
    "accounts.invited": {"secret": "link_of_invitation"},
    "accounts.make_account": {"secret": "link_to_account"},
    "accounts.new_password": {"secret": "link_to_password"},
    "accounts.remove": {"membership_id": "helper"},
    "accounts.remove_passkey": {"passkey_id": "passkey"},
    "accounts.stop_trusting": {"domain_id": "domain"},
    "accounts.take_over": {"hand_over_id": "hand_over"},
    "accounts.use_link": {"secret": "link_to_sign_in"},
    "accounts.withdraw_invitation": {"invitation_id": "invitation"},
    "assessments.start": {"organisation_id": "fresh"},
    "certificates.verify": {"code": "number"},
    "certificates.credential": {"code": "number"},
    "evidence.open_own": {"evidence_id": "filed"},
    "charter.sign": {"organisation_id": "fresh"},
    "charter.ask": {"organisation_id": "fresh"},
    "charter.approve": {"request_id": "agreed"},
    "charter.hold": {"request_id": "agreed"},
    "charter.succeed": {"new_id": "anew"},
    "charter.send_again": {"request_id": "asked_to_sign"},
    "charter.take_back": {"request_id": "asked_to_sign"},
    "charter.confirm": {"secret": "link_to_sign"},
    "charter.refuse": {"secret": "link_to_sign"},
    "mail.again": {"letter_id": "letter"},
    "mail.demonstration_letter": {"letter_id": "letter"},
    "mail.stop": {"secret": "stop"},
    "moderation.accept": {"assessment_id": "given"},
    "moderation.appeal": {"assessment_id": "appealable"},
    "moderation.ask": {"assessment_id": "offered_assessment", "person_id": "free"},
    "moderation.ask_for_more": {"case_id": "rating"},
    "moderation.decide": {"case_id": "contested"},
    "moderation.letter": {"assessment_id": "given"},
    "moderation.more": {"assessment_id": "asked_more"},
    "moderation.reply": {"assessment_id": "given"},
    "moderation.to_decide": {"case_id": "contested"},
    "moderation.hand_back": {"case_id": "rating"},
    "moderation.remove_time": {"spent_id": "spent"},
    "moderation.reviewers": {"assessment_id": "offered_assessment"},
    "moderation.waive": {"assessment_id": "offered_assessment", "person_id": "conflicted"},
    "moderation.agree": {"case_id": "apart"},
    "moderation.case": {"case_id": "rating"},
    "moderation.confirm": {"case_id": "apart"},
    "moderation.declare": {"assessment_id": "waiting"},
    "moderation.empty_comment": {"case_id": "rating", "confirmation_id": "comment"},
    "moderation.finish": {"case_id": "rating"},
    "moderation.open_file": {"case_id": "rating", "evidence_id": "exhibit"},
    "moderation.personal_data": {"case_id": "rating", "evidence_id": "exhibit"},
    "moderation.give": {"case_id": "ready"},
    "moderation.outcome": {"case_id": "ready"},
    "moderation.panel": {"case_id": "ready"},
    "moderation.rate": {"case_id": "rating"},
    "moderation.result": {"assessment_id": "given"},
    "moderation.settle": {"case_id": "apart"},
    "moderation.take": {"case_id": "offered"},
}

EVIDENCE = {"kind": "family_voice", "title": "T", "statement": "S", "dated": PAST_DAY, "shows": "S"}
EVIDENCE |= {"from_families": "y", "no_child_named": "y"}
NEW_ACCOUNT = {"name": "Newcomer", "password": "four words together here"}
MEETING = {"held_on": PAST_DAY, "parents": "3", "young_people": "0"}
SENT: dict[str, dict[str, Any]] = {
    "accounts.ask_for_account": {"email": "somebody@example.org"},
    "accounts.change_area_role": {"role": "reviewer", "change": "give"},
    "accounts.close_account": {"why": "W"},
    "accounts.erase_person": {"sure": "y"},
    "accounts.hand_over": {"colleague": "", "after": "stay"},
    "accounts.invite": {"email": "somebody@example.org", "role": "lead"},
    "accounts.invite_to_area": {"email": "somebody@example.org", "role": "reviewer"},
    "accounts.invited": NEW_ACCOUNT,
    "accounts.leave": {"sure": "y"},
    "accounts.make_account": NEW_ACCOUNT,
    "accounts.take_over": {"answer": "yes"},
    "accounts.trust_domain": {"domain": "elm.example.org"},
    "accounts.ask_for_link": {"email": "somebody@example.org"},
    "accounts.ask_for_password": {"email": "somebody@example.org"},
    "accounts.change_password": {"present": PASSWORD, "password": "another long one 27"},
    "accounts.new_password": {"password": "another long one 27"},
    "accounts.reset_second_step": {"why": "They came to see me."},
    "accounts.decide": {"decision": "contributor"},
    "accounts.give_role": {"role": "lead"},
    "assessments.assign": {"person": ""},
    "assessments.attach": {"things": "evidence"},
    "assessments.changes": {"things": "change"},
    "assessments.evidence": EVIDENCE,
    "assessments.add_meeting": MEETING,
    "assessments.change_meeting": MEETING,
    "assessments.edit_action": {"what": "W", "owner": "O", "due": DAY, "question": ""},
    "assessments.move_action": {"stage": "done"},
    "assessments.views_of_value": {"parents-RA1-1": "1"},
    "assessments.keep": {"rating": "1", "account": "Kept words"},
    "assessments.notes": {"text": "A note"},
    "assessments.plan": {"what": "W", "owner": "O", "due": DAY, "question": ""},
    "assessments.save": {"rating": "1", "account": "New words"},
    "assessments.submit": {"declared": "y"},
    "changes.confirm": {"answer": "yes", "group": "parents_and_carers", "wording": "1"},
    "changes.edit": {"title": "New", "revision": "2"},
    "changes.files": {"side": "before", "things": "evidence"},
    "changes.new": {"title": "New"},
    "changes.publish": {"status": "done", "no_child_named": "y"},
    "changes.take_down": {"why": "A child can be known by it."},
    "assessments.check_in": {"senior_lead": "A", "family_link": "B", "plan_looked_at": "y"},
    "charter.confirm": {"agreed": "y"},
    "concerns.concern": {"note": "We spoke with them."},
    "concerns.report": {"words": "They never told us.", "address": ""},
    "charter.refuse": {"words": "It is wrong."},
    "charter.hold": {"why": "Two dates are missing."},
    "charter.revoke": {"why": "Issued by mistake"},
    "charter.send_report": {"address": "https://www.example.org/send"},
    "charter.keep": {"kept_on": ["22", "11", "2026"]},
    "charter.sign": {
        "senior_lead": "A",
        "family_link": "B",
        "signatory_name": "C",
        "signatory_role": "D",
        "agreed": "y",
        "feedback_1": "y",
        **{f"commitment_{n}": f"Promise {n}" for n in (1, 2, 3)},
        **{f"due_{n}": DAY for n in (1, 2, 3)},
    },
    "charter.ask": {
        "signatory_email_1": "head@example.org",
        "feedback_1": "y",
        **{f"{name}_1": "N" for name in ("senior_lead", "family_link", "signatory_name", "signatory_role")},
        **{f"commitment_{n}": f"Promise {n}" for n in (1, 2, 3)},
        **{f"due_{n}": DAY for n in (1, 2, 3)},
    },
    "assessments.describe_file": EVIDENCE,
    "evidence.add": EVIDENCE,
    "evidence.change": EVIDENCE,
    "evidence.describe": EVIDENCE,
    "mail.mailbox": {"address": "office@example.org"},
    "moderation.appeal": {"words_RA1": "It is still wrong."},
    "moderation.ask_for_more": {"reason_RA1": "Which plan?"},
    "moderation.decide": {"rating": "2", "reason": "Why"},
    "moderation.reply": {"agree_RA1": "disagree", "words_RA1": "Look again."},
    "moderation.confirm": {"agreed": "3"},
    "moderation.declare": {"answer": "none"},
    "moderation.rate": {"rating": "3", "reason": "Why"},
    "moderation.sample": {"rating": "2"},
    "moderation.time": {"day": ["1", "11", "2026"], "minutes": "30", "what": "Reading"},
    "moderation.waive": {"why": "A large trust"},
    "moderation.settle": {"rating": "3", "reason": "Why"},
    "organisations.add_service": {"name": "New service", "kind": "service", "parent_id": "alone", "scheme": "none"},
    "organisations.join": {"note": "Please"},
}

# Who reaches another organisation's thing as well as their own.
EVERYBODY = "public stranger contributor lead reviewer lead_reviewer coordinator"
SIGNED_IN = "stranger contributor lead reviewer lead_reviewer coordinator"

# What the own thing answers to each of EVERYBODY, in that order (`in`: they are asked to sign in), and who reaches
# another's.
MATRIX: dict[str, tuple[str, str]] = {
    "GET accounts.account_asked": ("200 200 200 200 200 200 200", ""),
    "GET accounts.add_passkey": ("in 200 200 200 200 200 200", ""),
    "POST accounts.add_passkey": ("in 422 422 422 422 422 422", ""),
    "GET accounts.alerts": ("in 404 404 404 404 404 200", ""),
    "GET accounts.area_invitations": ("in 404 404 404 404 404 200", ""),
    "GET accounts.ask_for_account": ("200 302 302 302 302 302 302", ""),
    "POST accounts.ask_for_account": ("302 302 302 302 302 302 302", ""),
    "GET accounts.ask_for_link": ("200 200 200 200 200 200 200", ""),
    "POST accounts.ask_for_link": ("200 200 200 200 200 200 200", ""),
    "GET accounts.ask_for_password": ("200 200 200 200 200 200 200", ""),
    "POST accounts.ask_for_password": ("200 200 200 200 200 200 200", ""),
    "GET accounts.back": ("in 200 200 200 200 200 200", ""),
    "GET accounts.back_from_elsewhere": ("404 404 404 404 404 404 404", ""),
    "POST accounts.change_area_role": ("in 404 404 404 404 404 302", "coordinator"),
    "GET accounts.change_password": ("in 200 200 200 200 200 200", ""),
    "POST accounts.change_password": ("in 302 302 302 302 302 302", ""),
    "GET accounts.close_account": ("in 404 404 404 404 404 200", "coordinator"),
    "POST accounts.close_account": ("in 404 404 404 404 404 302", "coordinator"),
    "GET accounts.decide": ("in 404 404 200 404 404 200", "coordinator"),
    "POST accounts.decide": ("in 404 404 302 404 404 302", "coordinator"),
    "POST accounts.demonstration": ("404 404 404 404 404 404 404", ""),
    "GET accounts.elsewhere": ("404 404 404 404 404 404 404", ""),
    "POST accounts.end_other_sessions": ("in 302 302 302 302 302 302", ""),
    "POST accounts.end_session": ("in 404 404 302 404 404 404", ""),
    "GET accounts.erase_person": ("in 404 404 404 404 404 200", "coordinator"),
    "POST accounts.erase_person": ("in 404 404 404 404 404 302", "coordinator"),
    "GET accounts.everybody": ("in 404 404 404 404 404 200", ""),
    "GET accounts.first_passkey": ("in in in in in in in", ""),
    "POST accounts.first_passkey": ("in in in in in in in", ""),
    "POST accounts.give_role": ("in 404 404 302 404 404 302", "coordinator"),
    "GET accounts.hand_over": ("in 404 404 200 404 404 404", ""),
    "POST accounts.hand_over": ("in 404 404 302 404 404 404", ""),
    "GET accounts.invitation_accepted": ("200 200 200 200 200 200 200", ""),
    "GET accounts.invite": ("in 404 404 200 404 404 200", "coordinator"),
    "POST accounts.invite": ("in 404 404 302 404 404 302", "coordinator"),
    "POST accounts.invite_again": ("in 404 404 302 404 404 302", "coordinator"),
    "GET accounts.invite_to_area": ("in 404 404 404 404 404 200", ""),
    "POST accounts.invite_to_area": ("in 404 404 404 404 404 302", ""),
    "GET accounts.invited": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST accounts.invited": ("302 302 302 302 302 302 302", EVERYBODY),
    "GET accounts.leave": ("in 200 200 200 200 200 200", ""),
    "POST accounts.leave": ("in 302 302 409 302 302 409", ""),
    "GET accounts.left": ("200 200 200 200 200 200 200", ""),
    "GET accounts.make_account": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST accounts.make_account": ("302 302 302 302 302 302 302", EVERYBODY),
    "GET accounts.members": ("in 404 404 200 404 404 200", "coordinator"),
    "POST accounts.new_codes": ("in 404 404 200 404 404 404", ""),
    "GET accounts.new_password": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST accounts.new_password": ("302 302 302 302 302 302 302", EVERYBODY),
    "POST accounts.note_alert": ("in 404 404 404 404 404 302", "coordinator"),
    "POST accounts.open_account": ("in 404 404 404 404 404 302", "coordinator"),
    "GET accounts.opened_files": ("in 404 404 404 404 404 200", "coordinator"),
    "GET accounts.own_data_file": ("in 200 200 200 200 200 200", ""),
    "GET accounts.own_data_page": ("in 200 200 200 200 200 200", ""),
    "GET accounts.own_sessions": ("in 200 200 200 200 200 200", ""),
    "GET accounts.passkey": ("200 200 200 200 200 200 200", ""),
    "POST accounts.passkey": ("422 422 422 422 422 422 422", ""),
    "GET accounts.password_chosen": ("200 200 200 200 200 200 200", ""),
    "GET accounts.permissions": ("in 404 404 404 404 404 200", ""),
    "GET accounts.person": ("in 404 404 404 404 404 200", "coordinator"),
    "GET accounts.prove": ("in 200 200 200 200 200 200", ""),
    "POST accounts.prove": ("in 422 422 422 422 422 422", ""),
    "GET accounts.recover": ("in 302 302 302 302 302 302", ""),
    "POST accounts.recover": ("in 302 302 302 302 302 302", ""),
    "GET accounts.remove": ("in 404 404 200 404 404 200", "coordinator"),
    "POST accounts.remove": ("in 404 404 302 404 404 302", "coordinator"),
    "POST accounts.remove_app": ("in 404 404 404 404 404 404", ""),
    "POST accounts.remove_passkey": ("in 404 404 302 404 404 404", ""),
    "GET accounts.requests": ("in 200 200 200 200 200 200", ""),
    "GET accounts.reset_second_step": ("in 404 404 404 404 404 200", "coordinator"),
    "POST accounts.reset_second_step": ("in 404 404 404 404 404 302", "coordinator"),
    "GET accounts.set_up_app": ("in 200 200 200 200 200 200", ""),
    "POST accounts.set_up_app": ("in 422 422 422 422 422 422", ""),
    "GET accounts.set_up_first": ("in in in in in in in", ""),
    "POST accounts.set_up_first": ("in in in in in in in", ""),
    "GET accounts.start": ("in 200 200 200 200 200 200", ""),
    "POST accounts.stay": ("in 200 200 200 200 200 200", ""),
    "POST accounts.stop_trusting": ("in 404 404 302 404 404 302", "coordinator"),
    "GET accounts.take_over": ("in 404 200 200 404 404 404", ""),
    "POST accounts.take_over": ("in 404 302 403 404 404 404", ""),
    "GET accounts.trust_domain": ("in 404 404 200 404 404 200", "coordinator"),
    "POST accounts.trust_domain": ("in 404 404 302 404 404 302", "coordinator"),
    "GET accounts.use_link": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST accounts.use_link": ("302 302 302 302 302 302 302", EVERYBODY),
    "GET accounts.verify": ("in 302 302 302 302 302 302", ""),
    "POST accounts.verify": ("in 302 302 302 302 302 302", ""),
    "GET accounts.ways": ("in 200 200 200 200 200 200", ""),
    "GET accounts.who_could_see": ("in 404 404 404 404 404 200", "coordinator"),
    "POST accounts.withdraw_invitation": ("in 404 404 302 404 404 302", "coordinator"),
    "GET assessments.add_meeting": ("in 404 200 200 404 404 404", ""),
    "POST assessments.add_meeting": ("in 404 302 302 404 404 404", ""),
    "POST assessments.bring_back": ("in 404 422 422 404 404 404", ""),
    "GET assessments.change_meeting": ("in 404 200 200 404 404 404", ""),
    "POST assessments.change_meeting": ("in 404 302 302 404 404 404", ""),
    "GET assessments.compare": ("in 404 200 200 404 404 404", ""),
    "GET assessments.copy_document": ("in 404 200 200 404 404 404", ""),
    "GET assessments.copy_workbook": ("in 404 200 200 404 404 404", ""),
    "GET assessments.edit_action": ("in 404 200 200 404 404 404", ""),
    "POST assessments.edit_action": ("in 404 302 302 404 404 404", ""),
    "GET assessments.extra_questions": ("in 404 200 200 404 404 404", ""),
    "GET assessments.families": ("in 404 200 200 404 404 404", ""),
    "POST assessments.keep": ("in 404 200 200 404 404 404", ""),
    "GET assessments.meeting": ("in 404 200 200 404 404 404", ""),
    "POST assessments.move_action": ("in 404 302 302 404 404 404", ""),
    "GET assessments.notes": ("in 404 200 200 404 404 404", ""),
    "POST assessments.notes": ("in 404 302 302 404 404 404", ""),
    "GET assessments.pack": ("in 404 200 200 404 404 404", ""),
    "GET assessments.pack_document": ("in 404 200 200 404 404 404", ""),
    "GET assessments.papers_page": ("in 404 200 200 404 404 404", ""),
    "POST assessments.remove_note": ("in 404 404 302 404 404 404", ""),
    "POST assessments.remove_meeting": ("in 404 302 302 404 404 404", ""),
    "GET assessments.report_document": ("in 404 200 200 404 404 404", ""),
    "GET assessments.report_workbook": ("in 404 200 200 404 404 404", ""),
    "POST assessments.save_workbook": ("in 404 302 302 404 404 404", ""),
    "GET assessments.views_of_value": ("in 404 200 200 404 404 404", ""),
    "POST assessments.views_of_value": ("in 404 302 302 404 404 404", ""),
    "GET assessments.assign": ("in 404 200 200 404 404 404", ""),
    "POST assessments.assign": ("in 404 302 302 404 404 404", ""),
    "GET assessments.attach": ("in 404 200 200 404 404 404", ""),
    "POST assessments.attach": ("in 404 302 302 404 404 404", ""),
    "GET assessments.changes": ("in 404 200 200 404 404 404", ""),
    "POST assessments.changes": ("in 404 302 302 404 404 404", ""),
    "GET assessments.describe_file": ("in 404 200 200 404 404 404", ""),
    "POST assessments.describe_file": ("in 404 302 302 404 404 404", ""),
    "GET assessments.evidence": ("in 404 200 200 404 404 404", ""),
    "POST assessments.evidence": ("in 404 302 302 404 404 404", ""),
    "GET assessments.home": ("in 404 200 200 404 404 404", ""),
    "GET assessments.plan": ("in 404 200 200 404 404 404", ""),
    "POST assessments.plan": ("in 404 302 302 404 404 404", ""),
    "GET assessments.question": ("in 404 200 200 404 404 404", ""),
    "POST assessments.remove_action": ("in 404 302 302 404 404 404", ""),
    "POST assessments.save": ("in 404 302 302 404 404 404", ""),
    "GET assessments.score": ("in 404 200 200 404 404 404", ""),
    "POST assessments.start": ("in 404 403 302 404 404 404", ""),
    "GET assessments.submit": ("in 404 200 200 404 404 404", ""),
    "POST assessments.submit": ("in 404 403 302 404 404 404", ""),
    "GET assessments.submitted": ("in 404 302 302 404 404 404", ""),
    "GET assessments.tasks": ("in 404 200 200 404 404 404", ""),
    "GET assessments.versions": ("in 404 200 200 404 404 404", ""),
    "GET assessments.what_happened": ("in 404 200 200 404 404 404", ""),
    "GET assessments.withdraw": ("in 404 403 200 404 404 404", ""),
    "POST assessments.withdraw": ("in 404 403 302 404 404 404", ""),
    "GET certificates.check": ("200 200 200 200 200 200 200", ""),
    "GET certificates.check_file": ("200 200 200 200 200 200 200", ""),
    "POST certificates.check_file": ("422 422 422 422 422 422 422", ""),
    "GET certificates.credential": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET certificates.document": ("in 404 200 200 404 404 404", ""),
    "GET certificates.verify": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET changes.ask": ("in 404 200 200 404 404 404", ""),
    "POST changes.ask": ("in 404 200 200 404 404 404", ""),
    "GET changes.block": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET changes.confirm": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST changes.confirm": ("302 302 403 403 302 302 302", EVERYBODY),
    "GET changes.confirmed": ("200 200 200 200 200 200 200", ""),
    "GET changes.edit": ("in 404 200 200 404 404 404", ""),
    "POST changes.edit": ("in 404 302 302 404 404 404", ""),
    "GET changes.files": ("in 404 200 200 404 404 404", ""),
    "POST changes.files": ("in 404 302 302 404 404 404", ""),
    "GET changes.new": ("in 404 200 200 404 404 404", ""),
    "POST changes.new": ("in 404 302 302 404 404 404", ""),
    "GET changes.publish": ("in 404 403 200 404 404 404", ""),
    "POST changes.publish": ("in 404 403 302 404 404 404", ""),
    "GET changes.record": ("in 404 200 200 404 404 404", ""),
    "GET changes.records": ("in 404 200 200 404 404 404", ""),
    "POST changes.remove_file": ("in 404 302 302 404 404 404", ""),
    "GET changes.take_down": ("in 404 404 404 200 200 200", "reviewer lead_reviewer coordinator"),
    "POST changes.take_down": ("in 404 404 404 302 302 302", "reviewer lead_reviewer coordinator"),
    "POST changes.unpublish": ("in 404 403 302 404 404 404", ""),
    "POST changes.withdraw_link": ("in 404 302 302 404 404 404", ""),
    "GET changes.you_said": ("200 200 200 200 200 200 200", ""),
    "GET changes.you_said_atom": ("200 200 200 200 200 200 200", ""),
    "GET changes.you_said_csv": ("200 200 200 200 200 200 200", ""),
    "GET changes.you_said_json": ("200 200 200 200 200 200 200", ""),
    "GET assessments.check_in": ("in 404 403 200 404 404 404", ""),
    "POST assessments.check_in": ("in 404 403 422 404 404 404", ""),
    "GET charter.approve": ("in 404 404 404 404 404 200", "coordinator"),
    "POST charter.approve": ("in 404 404 404 404 404 302", "coordinator"),
    "GET charter.ask": ("in 404 403 200 404 404 404", ""),
    "POST charter.ask": ("in 404 403 302 404 404 404", ""),
    "GET charter.ask_many": ("in 302 302 302 302 302 302", ""),
    "POST charter.ask_many": ("in 302 302 302 302 302 302", ""),
    "GET charter.became": ("in 404 404 404 404 404 200", "coordinator"),
    "GET charter.choose": ("in 200 200 200 200 200 200", ""),
    "GET charter.confirm": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST charter.confirm": ("302 302 302 403 302 302 302", EVERYBODY),
    "GET charter.confirmed": ("200 200 200 200 200 200 200", ""),
    "GET charter.hold": ("in 404 404 404 404 404 200", "coordinator"),
    "POST charter.hold": ("in 404 404 404 404 404 302", "coordinator"),
    "GET charter.refuse": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST charter.refuse": ("302 302 302 403 302 302 302", EVERYBODY),
    "GET charter.refused": ("200 200 200 200 200 200 200", ""),
    "POST charter.send_again": ("in 404 404 302 404 404 404", ""),
    "POST charter.take_back": ("in 404 404 302 404 404 404", ""),
    "GET charter.succeed": ("in 404 404 404 404 404 200", "coordinator"),
    "POST charter.succeed": ("in 404 404 404 404 404 302", "coordinator"),
    "GET charter.waiting": ("in 404 404 404 404 404 200", ""),
    "GET charter.keep": ("in 404 403 200 404 404 404", ""),
    "POST charter.keep": ("in 404 403 302 404 404 404", ""),
    "GET charter.read": ("200 200 200 200 200 200 200", ""),
    "GET charter.revoke": ("in 404 404 404 404 404 200", "coordinator"),
    "POST charter.revoke": ("in 404 404 404 404 404 302", "coordinator"),
    "GET charter.sign": ("in 404 403 200 404 404 404", ""),
    "POST charter.sign": ("in 404 403 302 404 404 404", ""),
    "GET charter.send_report": ("in 404 403 200 404 404 404", ""),
    "POST charter.send_report": ("in 404 403 302 404 404 404", ""),
    "GET charter.signed": ("in 404 200 200 404 404 404", ""),
    "GET charter.withdraw": ("in 404 403 200 404 404 404", ""),
    "POST charter.withdraw": ("in 404 403 302 404 404 404", ""),
    "GET concerns.concern": ("in 404 404 404 404 404 200", "coordinator"),
    "POST concerns.concern": ("in 404 404 404 404 404 302", "coordinator"),
    "GET concerns.concerns": ("in 404 404 404 404 404 200", ""),
    "POST concerns.look": ("in 404 404 404 404 404 302", "coordinator"),
    "GET concerns.report": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST concerns.report": ("302 302 302 302 302 302 302", EVERYBODY),
    "GET concerns.sent": ("200 200 200 200 200 200 200", ""),
    "GET directory.accessibility": ("200 200 200 200 200 200 200", ""),
    "GET directory.badge": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET directory.badge_dark": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET directory.data": ("200 200 200 200 200 200 200", ""),
    "GET directory.embed": ("200 200 200 200 200 200 200", ""),
    "GET directory.home": ("200 200 200 200 200 200 200", ""),
    "GET directory.open_api": ("200 200 200 200 200 200 200", ""),
    "GET directory.how_to_read": ("200 200 200 200 200 200 200", ""),
    "POST directory.how_to_read": ("302 302 302 302 302 302 302", ""),
    "GET directory.privacy": ("200 200 200 200 200 200 200", ""),
    "GET directory.robots": ("200 200 200 200 200 200 200", ""),
    "GET directory.signatories_atom": ("200 200 200 200 200 200 200", ""),
    "GET directory.sitemap": ("200 200 200 200 200 200 200", ""),
    "GET directory.sitemap_pages": ("200 200 200 200 200 200 200", ""),
    "GET directory.sitemap_signatories": ("200 200 200 200 200 200 200", ""),
    "GET directory.signatories": ("200 200 200 200 200 200 200", ""),
    "GET directory.signatories_csv": ("200 200 200 200 200 200 200", ""),
    "GET directory.signatories_json": ("200 200 200 200 200 200 200", ""),
    "GET directory.signatory": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET assessments.file": ("in 404 200 200 404 404 404", ""),
    "POST assessments.file": ("in 404 422 422 404 404 404", ""),
    "GET evidence.add": ("in 404 200 200 404 404 404", ""),
    "POST evidence.add": ("in 404 302 302 404 404 404", ""),
    "GET evidence.change": ("in 404 200 200 404 404 404", ""),
    "POST evidence.change": ("in 404 302 302 404 404 404", ""),
    "POST evidence.clean": ("in 404 302 302 404 404 404", ""),
    "GET evidence.describe": ("in 404 200 200 404 404 404", ""),
    "POST evidence.describe": ("in 404 302 302 404 404 404", ""),
    "POST evidence.discard": ("in 404 302 302 404 404 404", ""),
    "GET evidence.items": ("in 404 200 200 404 404 404", ""),
    "POST evidence.open_own": ("in 404 200 200 404 404 404", ""),
    "GET evidence.upload": ("in 404 200 200 404 404 404", ""),
    "POST evidence.upload": ("in 404 422 422 404 404 404", ""),
    "GET evidence.withdraw": ("in 404 200 200 404 404 404", ""),
    "POST evidence.withdraw": ("in 404 302 302 404 404 404", ""),
    "GET framework.blank_document": ("200 200 200 200 200 200 200", ""),
    "GET framework.blank_workbook": ("200 200 200 200 200 200 200", ""),
    "GET framework.pack": ("200 200 200 200 200 200 200", ""),
    "GET framework.pack_document": ("200 200 200 200 200 200 200", ""),
    "GET framework.papers": ("200 200 200 200 200 200 200", ""),
    "GET framework.question": ("200 200 200 200 200 200 200", ""),
    "GET framework.standards": ("200 200 200 200 200 200 200", ""),
    "GET keys.listed": ("200 200 200 200 200 200 200", ""),
    "GET keys.one": ("200 200 200 200 200 200 200", EVERYBODY),
    "GET health.live": ("200 200 200 200 200 200 200", ""),
    "GET health.ready": ("200 200 200 200 200 200 200", ""),
    "POST mail.again": ("in 404 404 404 404 404 302", "coordinator"),
    "POST mail.all_again": ("in 404 404 404 404 404 302", ""),
    "GET mail.demonstration": ("404 404 404 404 404 404 404", ""),
    "GET mail.demonstration_letter": ("404 404 404 404 404 404 404", ""),
    "GET mail.letters": ("in 404 404 404 404 404 200", ""),
    "GET mail.mailbox": ("in 404 403 200 404 404 404", ""),
    "POST mail.mailbox": ("in 404 403 302 404 404 404", ""),
    "GET mail.stop": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST mail.stop": ("200 200 200 200 200 200 200", EVERYBODY),
    "POST moderation.accept": ("in 404 403 302 404 404 404", ""),
    "GET moderation.appeal": ("in 404 404 200 404 404 404", ""),
    "POST moderation.appeal": ("in 404 404 302 404 404 404", ""),
    "GET moderation.ask_for_more": ("in 404 404 404 200 404 404", ""),
    "POST moderation.ask_for_more": ("in 404 404 404 302 404 404", ""),
    "GET moderation.decide": ("in 404 404 404 404 200 404", ""),
    "POST moderation.decide": ("in 404 404 404 404 302 404", ""),
    "GET moderation.letter": ("in 404 200 200 404 404 404", ""),
    "GET moderation.more": ("in 404 200 200 404 404 404", ""),
    "POST moderation.more": ("in 404 403 302 404 404 404", ""),
    "GET moderation.reply": ("in 404 404 200 404 404 404", ""),
    "POST moderation.reply": ("in 404 404 302 404 404 404", ""),
    "GET moderation.to_decide": ("in 404 404 404 404 200 404", ""),
    "GET moderation.agree": ("in 404 404 404 200 200 404", ""),
    "GET moderation.agreement": ("in 404 404 404 404 200 200", ""),
    "POST moderation.ask": ("in 404 404 404 404 302 302", "lead_reviewer coordinator"),
    "GET moderation.hand_back": ("in 404 404 404 200 404 404", ""),
    "POST moderation.hand_back": ("in 404 404 404 302 302 404", ""),
    "GET moderation.pause": ("in 404 404 404 200 200 404", ""),
    "POST moderation.pause": ("in 404 404 404 302 302 404", ""),
    "POST moderation.remove_time": ("in 404 404 404 302 404 404", ""),
    "POST moderation.resume": ("in 404 404 404 302 302 404", ""),
    "GET moderation.reviewers": ("in 404 404 404 404 200 200", "lead_reviewer coordinator"),
    "GET moderation.time": ("in 404 404 404 200 200 404", ""),
    "POST moderation.time": ("in 404 404 404 302 302 404", ""),
    "GET moderation.time_csv": ("in 404 404 404 200 200 404", ""),
    "GET moderation.waive": ("in 404 404 404 404 404 200", "coordinator"),
    "POST moderation.waive": ("in 404 404 404 404 404 302", "coordinator"),
    "GET moderation.case": ("in 404 404 404 200 200 404", ""),
    "POST moderation.confirm": ("in 404 404 404 302 403 404", ""),
    "GET moderation.declare": ("in 404 404 404 200 200 404", "reviewer lead_reviewer"),
    "POST moderation.declare": ("in 404 404 404 302 302 404", "reviewer lead_reviewer"),
    "POST moderation.empty_comment": ("in 404 404 404 302 404 404", ""),
    "POST moderation.finish": ("in 404 404 404 422 403 404", ""),
    "POST moderation.give": ("in 404 404 404 302 302 404", ""),
    "POST moderation.open_file": ("in 404 404 404 200 404 404", ""),
    "GET moderation.outcome": ("in 404 404 404 200 200 404", ""),
    "POST moderation.personal_data": ("in 404 404 404 302 404 404", ""),
    "POST moderation.panel": ("in 404 404 404 403 409 404", ""),
    "GET moderation.practice": ("in 404 404 404 200 200 404", ""),
    "GET moderation.practise": ("in 404 404 404 302 302 404", ""),
    "GET moderation.progress": ("in 404 404 404 404 404 200", ""),
    "GET moderation.queue": ("in 404 404 404 200 200 404", ""),
    "GET moderation.rate": ("in 404 404 404 200 404 404", ""),
    "POST moderation.rate": ("in 404 404 404 302 404 404", ""),
    "GET moderation.result": ("in 404 200 200 404 404 404", ""),
    "GET moderation.sample": ("in 404 404 404 200 200 404", ""),
    "POST moderation.sample": ("in 404 404 404 302 302 404", ""),
    "GET moderation.settle": ("in 404 404 404 200 200 404", ""),
    "POST moderation.settle": ("in 404 404 404 302 302 404", ""),
    "POST moderation.take": ("in 404 404 404 302 302 404", ""),
    "GET organisations.add_service": ("in 404 404 404 404 404 200", ""),
    "POST organisations.add_service": ("in 404 404 404 404 404 302", ""),
    "GET organisations.find": ("in 200 200 200 200 200 200", ""),
    "GET organisations.join": ("in 200 200 200 200 200 200", SIGNED_IN),
    "POST organisations.join": ("in 302 302 302 302 302 302", SIGNED_IN),
    "GET organisations.load": ("in 404 404 404 404 404 200", ""),
    "POST organisations.load": ("in 404 404 404 404 404 422", ""),
    "GET organisations.register": ("in 404 404 404 404 404 200", ""),
    "GET register.head": ("200 200 200 200 200 200 200", ""),
    "GET register.lines": ("200 200 200 200 200 200 200", ""),
    "GET running.data": ("in 404 403 200 404 404 404", ""),
    "POST running.take_data": ("in 404 403 200 404 404 404", ""),
    "GET running.security_txt": ("200 200 200 200 200 200 200", ""),
    "GET running.own_colours": ("200 200 200 200 200 200 200", ""),
    "GET running.style": ("in 404 404 404 404 404 200", ""),
    "GET running.workings": ("in 404 404 404 404 404 200", ""),
    "GET security.login": ("200 302 302 302 302 302 302", ""),
    "POST security.login": ("200 302 302 302 302 302 302", ""),
    "POST security.logout": ("in 302 302 302 302 302 302", ""),
}


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method and route that anybody may ask for, but for files that are the same for all."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if rule.endpoint not in {*SHUT, "static"}:
            yield from ((method, rule) for method in sorted((rule.methods or set()) & {"GET", "POST"}))


def address(sides: Sides, rule: Rule, thing: str) -> str:
    named = USUAL | THINGS.get(rule.endpoint, {})
    held = {"own": sides.world.own, "other": sides.world.other}.get(thing, {})

    def part(argument: str) -> object:
        if argument in FIXED and argument not in named:
            return FIXED[argument]
        return held.get(named[argument], MISSING if argument.endswith("_id") else MISSING_WORD)

    with sides.app.test_request_context():
        built: str = sides.app.url_for(rule.endpoint, **{argument: part(argument) for argument in rule.arguments})
    return built


def sent(sides: Sides, rule: Rule, thing: str) -> dict[str, Any]:
    data = dict(SENT.get(rule.endpoint, {}))
    if rule.endpoint in {"assessments.save", "assessments.keep"}:
        data["revision"] = str(sides.world.own["revision"])
    if "colleague" in data:
        data["colleague"] = str(sides.world.own["colleague"])
    if "things" in data:
        held = sides.world.other if thing == "other" else sides.world.own
        data["things"] = str(held["unattached_" + data["things"]])
    return data


def cell(answer: TestResponse) -> str:
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
    return "in" if to_sign_in else str(answer.status_code)


def said(answer: TestResponse) -> str:
    """The answer without what is new each time: tokens, and the ids that stand in the address."""
    body = f"{answer.status_code} {answer.headers.get('Location', '')}\n{answer.get_data(as_text=True)}"
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", body)
    return re.sub(r'(name="csrf_token"[^>]*value=|nonce=)"[^"]*"', r"\1", body)


@pytest.fixture(scope="module")
def sides(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    made = Sides(tmp_path_factory.mktemp("sides"), like=two_sides)
    yield made
    made.close()


def found(sides: Sides, method: str, rule: Rule) -> tuple[str, str, list[str]]:
    """What each person gets for the own thing, who reaches another's too, and what is wrong whatever the table says."""
    cells, reach, wrong = [], [], []
    for who in PEOPLE:
        answers, faults = answered(sides, method, rule, who)
        cells.append(cell(answers["own"]))
        wrong += faults
        if "missing" in answers and said(answers["other"]) != said(answers["missing"]):
            reach.append(who.replace(" ", "_"))
    return " ".join(cells), " ".join(reach), wrong


def answered(sides: Sides, method: str, rule: Rule, who: str) -> tuple[dict[str, TestResponse], list[str]]:
    answers, wrong = {}, []
    for thing in THREE if about_something(rule) else ("own",):
        answer = answers[thing] = sides.ask(method, address(sides, rule, thing), who, sent(sides, rule, thing))
        touched = sides.changed()
        if touched and (method == "GET" or cell(answer) in REFUSED):
            wrong.append(f"{who}, {thing}: answered {cell(answer)} and changed {sorted(touched)}")
        if answer.status_code >= 500:
            wrong.append(f"{who}, {thing}: {answer.status_code}")
    if "missing" in answers:
        if cell(answers["missing"]) not in {"in", "404"}:
            wrong.append(f"{who}, missing: {cell(answers['missing'])}")
        if cell(answers["own"]) in {"404", "in"} and said(answers["own"]) != said(answers["missing"]):
            wrong.append(f"{who}, own: refused in other words than a missing one")
    return answers, wrong


def about_something(rule: Rule) -> bool:
    """True where the address names a thing that belongs to somebody. The standards and their samples do not."""
    return bool(rule.arguments) and not rule.endpoint.startswith("framework.") and rule.endpoint not in NOBODYS


def test_every_route_has_a_row_and_every_row_a_route(sides: Sides) -> None:
    assert set(MATRIX) == {f"{method} {rule.endpoint}" for method, rule in rules(sides.app)}


@pytest.mark.parametrize("row", MATRIX)
def test_everybody_gets_the_answer_that_is_theirs(sides: Sides, row: str) -> None:
    method, endpoint = row.split()
    rule = next(rule for had, rule in rules(sides.app) if (had, rule.endpoint) == (method, endpoint))
    cells, reach, wrong = found(sides, method, rule)
    assert not wrong
    assert (cells, reach) == MATRIX[row]


@pytest.mark.parametrize("who", ["public", "lead", "reviewer", "coordinator"])
def test_no_form_is_taken_without_its_token(sides: Sides, who: str) -> None:
    for method, rule in rules(sides.app):
        if method == "POST" and rule.endpoint not in NO_TOKEN:
            assert sides.ask(method, address(sides, rule, "own"), who).status_code == 400, rule.endpoint
            assert not sides.changed(), rule.endpoint


def test_the_command_that_prints_it_starts() -> None:
    subprocess.run([sys.executable, "-c", "import tests.architecture.test_matrix"], cwd=ROOT, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(Path(folder))
        for method, rule in rules(sides.app):
            cells, reach, wrong = found(sides, method, rule)
            lines = [f"{method:4} {rule.endpoint:28} {cells}  others: {reach or 'nobody'}", *wrong]
            sys.stdout.write("\n  !! ".join(lines) + "\n")
        sides.close()


if __name__ == "__main__":
    main()
