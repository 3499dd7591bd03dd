"""A spreadsheet to fill in offline, blank or part filled, that can be brought back.

Every cell is written as words, never as a formula or a link, whatever it starts with. A hidden sheet says which
standards it was made from, for which assessment, and what stood for each question then.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from coprod.framework.model import Framework
from coprod.framework.on_paper import Filled, PaperQuestion, PaperValue

FORMAT = "coprod answers 1"
ANSWERS = "Answers"
ABOUT = "About"
DOES_NOT_APPLY = "Does not apply"
COLUMNS = (
    ("Code", 8),
    ("Question", 34),
    ("In these words", 44),
    ("Your rating", 20),
    ("If it does not apply, say why", 34),
    ("In your own words", 70),
    ("What backs it up", 34),
)
CODE, QUESTION, RATING, REASON, ACCOUNT = 0, 1, 3, 4, 5  # Places of the columns that are read back.
TO_FILL_IN = (RATING, REASON, ACCOUNT)
NEVER_MADE = datetime(2026, 1, 1)  # noqa: DTZ001  # the same content is the same file: no date of its making

HOW = (
    "This is your self-assessment as a spreadsheet. Fill in the white columns of the sheet “Answers”.",
    "Choose a rating from the list in the cell, or leave it empty. Every rating is explained in the sheet “Ratings”.",
    "Write in your own words what happened, when, and what changed. Do not name a child or family.",
    "Evidence and change records are added on the website.",
    "To bring it back, sign in, open your self-assessment and choose “On paper and in a spreadsheet”. You see every "
    "change before anything is saved.",
    "Do not change the codes, the questions or the order of the columns.",
)


@dataclass(frozen=True, slots=True)
class Tied:
    """What a workbook is made from. `assessment` is empty in a blank copy that anybody can download."""

    assessment: str = ""
    organisation: str = ""


def fingerprint(filled: Filled) -> str:
    """What stood for one question, in few letters: to tell later who changed what since."""
    words = json.dumps([filled.rating, filled.not_applicable, filled.reason, filled.account])
    return hashlib.sha256(words.encode()).hexdigest()[:24]


def answers_workbook(framework: Framework, values: Sequence[PaperValue], tied: Tied) -> bytes:
    """The workbook with every question of `values`, and with what is written for them so far."""
    made = io.BytesIO()
    book = new_book(made)
    styles = _styles(book)
    write_list(book, "Read me first", [("How to use this", 100)], [(words,) for words in _how(framework, tied)])
    questions = [question for value in values for question in value.questions]
    _answers(book, framework, questions, styles)
    write_list(
        book,
        "Ratings",
        (("Code", 8), ("Rating", 22), ("What it looks like", 80), ("What it needs", 80)),
        [
            (each.question.code, f"{step.rating} {step.name}", step.descriptor, " ".join(step.needs))
            for each in questions
            for step in each.steps
        ],
    )
    _about(book, framework, questions, tied)
    book.get_worksheet_by_name(ANSWERS).activate()
    book.close()
    return made.getvalue()


def new_book(into: io.BytesIO) -> Any:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(into, options)
    book.set_properties({"created": NEVER_MADE})
    return book


def write_list(
    book: Any, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], *, hidden: bool = False
) -> None:
    """One sheet of words: a heading row that stays in sight, and a row for each of `rows`."""
    sheet, styles = book.add_worksheet(name), _styles(book)
    for place, (heading, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, styles["heading"])
    for number, row in enumerate(rows, start=1):
        for place, words in enumerate(row):
            sheet.write_string(number, place, words, styles["fixed"])
    sheet.freeze_panes(1, 0)
    if hidden:
        sheet.very_hidden()


def rating_words(framework: Framework, filled: Filled) -> str:
    if filled.not_applicable:
        return DOES_NOT_APPLY
    return "" if filled.rating is None else choice(framework, filled.rating)


def choice(framework: Framework, rating: int) -> str:
    return f"{rating} {framework.rung(rating).name}"


def _answers(book: Any, framework: Framework, questions: Sequence[PaperQuestion], styles: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(ANSWERS)
    for place, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, styles["heading"])
    for number, each in enumerate(questions, start=1):
        for place, words in enumerate(_row(framework, each)):
            style = styles["open" if place in TO_FILL_IN else "fixed"]
            sheet.write_string(number, place, words, style) if words else sheet.write_blank(number, place, None, style)
        choices = [choice(framework, rung.rating) for rung in framework.scale]
        source = [*choices, DOES_NOT_APPLY] if each.may_not_apply else choices
        message = "Choose one from the list, or leave the cell empty."
        sheet.data_validation(
            number, RATING, number, RATING, {"validate": "list", "source": source, "error_message": message}
        )
    sheet.freeze_panes(1, 2)
    sheet.protect("", {"format_rows": True, "format_columns": True, "format_cells": True})


def _row(framework: Framework, each: PaperQuestion) -> tuple[str, ...]:
    filled = each.filled
    return (
        each.question.code,
        each.question.title,
        each.wording,
        rating_words(framework, filled),
        filled.reason,
        filled.account,
        "\n".join(filled.backing),
    )


def _about(book: Any, framework: Framework, questions: Sequence[PaperQuestion], tied: Tied) -> None:
    facts = [
        ("format", FORMAT),
        ("standards", framework.slug),
        ("version", framework.version),
        ("assessment", tied.assessment),
    ]
    stood = [(f"stood {each.question.code}", fingerprint(each.filled)) for each in questions]
    write_list(book, ABOUT, (("What", 20), ("Value", 40)), [*facts, *stood], hidden=True)


def _how(framework: Framework, tied: Tied) -> tuple[str, ...]:
    made_for = (f"For {tied.organisation}.",) if tied.organisation else ()
    return (*made_for, f"{framework.title}, version {framework.version}.", *HOW)


def _styles(book: Any) -> dict[str, Any]:
    """Cells to type in hold words as they are typed ("@"), so that a spreadsheet program makes no date of them."""
    plain = {"text_wrap": True, "valign": "top", "num_format": "@"}
    return {
        "heading": book.add_format({**plain, "bold": True, "bg_color": "#0F4C4A", "font_color": "#FFFFFF"}),
        "fixed": book.add_format({**plain, "bg_color": "#F0F6F5"}),
        "open": book.add_format({**plain, "locked": False, "border": 1}),
    }
