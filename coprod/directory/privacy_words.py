"""What the privacy page says of each cookie, and of what else stays in a browser. A test compares them."""

from coprod.phrases import N_, Phrase
from coprod.settings import Settings

Said = tuple[str, str, str]


def cookies(settings: Settings) -> tuple[Said, ...]:
    """Name, what it is for, for how long."""
    return (
        (
            settings.cookie("coprod_session"),
            N_("Keeps you signed in, and keeps the forms that you send safe."),
            Phrase("Until you sign out or close your browser, and {hours} hours at most", hours=settings.session_hours),
        ),
        (
            settings.cookie("coprod_known"),
            N_("Lets this browser sign in without a wait while somebody else guesses at your password."),
            N_("180 days after you last signed in here"),
        ),
        (
            settings.cookie("coprod_reading"),
            N_(
                "Shows every page as you asked for it: larger, with strong contrast, or with pictures. Only if you ask."
            ),
            N_("A year, or until you choose the usual way again"),
        ),
        (
            N_("Words that are not saved yet (no cookie)"),
            N_("What you type in an answer is kept in this window until it is saved, so that it is not lost."),
            N_("Until it is saved, or the window is closed"),
        ),
    )
