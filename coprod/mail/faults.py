"""RULES: why a letter did not go, as sentences for the coordinator. Each is stored with its letter, in English."""

import re
from enum import StrEnum

from coprod.phrases import N_, Phrase


class Why(StrEnum):
    """No address is in them, and nothing of the letter. `code` is the number that was answered."""

    NOT_FOR_ADDRESS = N_("The mail server does not take letters for this address (code {code}).")
    NOT_THESE_LETTERS = N_("The mail server can't send to an address with these letters in it.")
    NOT_THIS_ONE = N_("The mail server did not take this letter (code {code}).")
    NOT_FROM_US = N_("The mail server does not let us send (code {code}).")
    BROKE_OFF = N_("The mail server stopped answering in the middle of a letter.")
    UNKNOWN_TO_IT = N_("The mail server does not know our user name and password.")
    NOT_SAFE = N_("A safe connection with the mail server can't be made.")
    NO_SENDING = N_("The mail server answers, but does not let us send.")
    SILENT = N_("The mail server does not answer.")
    NOTIFY_NOT_READ = N_("GOV.UK Notify answered with something that can't be read.")
    NOTIFY_NOT_THIS_ONE = N_("GOV.UK Notify does not take this letter (code {code}).")
    NOTIFY_NONE = N_("GOV.UK Notify takes no letters from us just now (code {code}).")
    OURS = N_("Something went wrong on our side. Whoever runs the site can read more in its log.")

    def words(self, code: int | str = "") -> Phrase:
        return Phrase(self.value, code=code)


CODE = re.compile(r"\(code (-?\d+)\)\.$")


def in_words(stored: str) -> str:
    """The same sentence again, as a page can say it in another language. What is none of ours stays as it is."""
    code = CODE.search(stored)
    known = (why.words(code[1] if code else "") for why in Why)
    return next((words for words in known if words == stored), stored)
