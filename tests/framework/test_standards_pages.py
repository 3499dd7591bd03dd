"""The standards as anyone can read them."""

import pytest
from flask import Flask

from coprod.framework import in_words
from coprod.framework.levels import (
    CoreCheck,
    EveryValue,
    EvidenceOfKind,
    HeldOrSpan,
    ImprovementPlan,
    OtherChecks,
    Overall,
    Panel,
    QuestionAtLeast,
    Reviewers,
)
from coprod.framework.queries import current_framework
from tests.support.client import Client

pytestmark = pytest.mark.one_database


def test_the_standards_page_has_every_question_rung_level_and_condition(app: Flask, client: Client) -> None:
    framework = current_framework()
    page = client.get("/framework")
    for value in framework.values:
        assert value.name in page.text
        for question in value.questions:
            assert page.link(question.title) == f"/framework/{question.code}"
    for rung in framework.scale:
        assert rung.meaning in page.text
    for level in framework.levels:
        assert level.meaning in page.text
        for condition in level.conditions:
            assert in_words.asked(framework, condition) in page.text


def test_the_standards_page_says_its_version_and_that_it_is_a_draft(app: Flask, client: Client) -> None:
    page = client.get("/framework")
    assert f"Version {current_framework().version}, a draft" in page.text


def test_every_question_has_its_page_with_both_wordings_and_all_it_needs(app: Flask, client: Client) -> None:
    framework = current_framework()
    for question in framework.questions:
        page = client.get(f"/framework/{question.code}")
        assert page.h1 == question.title
        said = [*question.wording.values(), question.plain, question.help, *question.prompts, *question.descriptors]
        said += [rule.raise_it for rule in framework.rules_for(question.code)]
        for words in said:
            assert " ".join(words.split()) in page.text, question.code


@pytest.mark.parametrize("code", ["XX1", "ra1", "RA11", "%00", "a" * 300])
def test_a_code_that_the_standards_do_not_have_is_not_found(client: Client, code: str) -> None:
    client.get(f"/framework/{code}", status=404)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Overall(65), "An overall score of 65% or more."),
        (EveryValue(50), "A score of 50% or more in every value."),
        (
            CoreCheck(3),
            "A rating of 3 (Shaping) or more on the core authenticity check, “Voice changed the plan” (RA1).",
        ),
        (
            OtherChecks(2),
            "A rating of 2 (Asking) or more on each of the other authenticity checks, "
            "“A child changed the plan” (LLE3), "
            "“Families involved before decisions” (WT1), “Who made the decision” (WT2), “A difference to children's "
            "lives” (AMB4) and “Families agree with our scores” (HOT4).",
        ),
        (
            QuestionAtLeast("AMB5", 2),
            "A rating of 2 (Asking) or more on question “Checking this with families” (AMB5).",
        ),
        (ImprovementPlan(), "An improvement plan with dates and owners."),
        (
            EvidenceOfKind("group_statement"),
            "Evidence of this kind: statement by the forum or a young people's group.",
        ),
        (
            HeldOrSpan("established", 12, 24),
            "Established held for 12 months, or evidence that reaches over 24 months.",
        ),
        (Reviewers(1, second_look=True), "One independent reviewer, and a second look at the authenticity checks."),
        (Reviewers(2), "Two independent reviewers."),
        (Panel(), "Sign-off by a panel."),
    ],
)
def test_each_kind_of_condition_is_said_in_words(app: Flask, condition: in_words.Condition, words: str) -> None:
    assert in_words.asked(current_framework(), condition) == words


def test_a_rule_that_holds_an_answer_at_one_rating_says_what_the_next_needs(app: Flask) -> None:
    framework = current_framework()
    steps = in_words.steps(framework, "RA1")
    shaping = next(rule for rule in framework.rules_for("RA1") if rule.cap == 2)
    assert shaping.raise_it in steps[3].needs
    assert shaping.raise_it not in steps[2].needs
    assert steps[0].needs == ()


def test_the_pages_may_be_shared_with_everybody(client: Client) -> None:
    for address in ("/framework", "/framework/RA1"):
        assert "public" in client.get(address).response.headers["Cache-Control"]
