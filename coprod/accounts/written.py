"""An e-mail address and a person's name, as they are kept."""

from email_validator import EmailNotValidError, validate_email

from coprod.errors import Invalid
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, has_words

LONGEST_NAME = 200


def email_of(text: str) -> str:
    """One address has one spelling here, however its letters are written."""
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(N_("Enter an e-mail address, such as name@example.org"), field="email") from None
    return found.normalized.lower()


def domain_of(text: str) -> str:
    """The part of an address after the @, whether it stands alone or the whole address was typed."""
    try:
        found = validate_email(f"anybody@{text.strip().rpartition('@')[2]}", check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(
            N_("Enter the end of your e-mail addresses, such as school.example.org"), field="domain"
        ) from None
    return found.domain.lower()


def name_of(text: str) -> str:
    plain = " ".join(cleaned(text).split())
    if not has_words(plain):
        raise Invalid(N_("Enter the person's name"), field="name")
    if len(plain) > LONGEST_NAME:
        raise Invalid(Phrase("Use {most} characters or fewer", most=LONGEST_NAME), field="name")
    return plain
