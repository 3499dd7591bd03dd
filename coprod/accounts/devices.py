"""RULES: what a browser says of itself, as words that its owner knows it by."""

from coprod.phrases import N_, Phrase

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", N_("{browser} on an iPhone")),
    ("iPad", N_("{browser} on an iPad")),
    ("Android", N_("{browser} on Android")),
    ("Windows", N_("{browser} on Windows")),
    ("CrOS", N_("{browser} on a Chromebook")),
    ("Macintosh", N_("{browser} on a Mac")),
    ("Linux", N_("{browser} on Linux")),
)
ANY = Phrase("A browser")
ANYWHERE = N_("{browser} on a device we do not know")


def device_words(user_agent: str) -> str:
    """"Chrome on Windows". Nothing of what was sent is kept, only words from the two lists above."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), ANY)
    system = next((words for mark, words in SYSTEMS if mark in user_agent), ANYWHERE)
    return Phrase(system, browser=browser)


# Whatever is stored is one of these.
KNOWN: dict[str, str] = {
    words: words
    for browser in (*(name for _, name in BROWSERS), ANY)
    for system in (*(words for _, words in SYSTEMS), ANYWHERE)
    for words in (Phrase(system, browser=browser),)
}


def in_words(stored: str) -> str:
    """The same words again, as a page can say them in another language."""
    return KNOWN.get(stored, stored)
