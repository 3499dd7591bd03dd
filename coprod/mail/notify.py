"""Letters over GOV.UK Notify, by setting. Its template holds nothing but ((subject)) and ((words))."""

from notifications_python_client.errors import APIError, HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from coprod.mail.carriers import Away, Envelope, Refused
from coprod.mail.faults import Why
from coprod.settings import Settings

ANSWER_WITHIN = 10  # seconds
NOT_THIS_ONE = 400


class Notify:
    def __init__(self, settings: Settings) -> None:
        self.template = settings.notify_template
        key = settings.notify_key.get_secret_value()
        self.client = NotificationsAPIClient(key, timeout=ANSWER_WITHIN)  # type: ignore[no-untyped-call]  # it has no types

    def send(self, letter: Envelope) -> None:
        try:
            self.client.send_email_notification(  # type: ignore[no-untyped-call]  # as above
                letter.receiver,
                self.template,
                personalisation={"subject": letter.subject, "words": letter.words},
                reference=str(letter.id),
                one_click_unsubscribe_url=letter.stop,
            )
        except HTTPError as fault:
            raise _fault(fault) from fault
        except InvalidResponse as fault:
            raise Away(Why.NOTIFY_NOT_READ) from fault

    def close(self) -> None:
        self.client.request_session.close()


def _fault(fault: APIError) -> Refused | Away:
    """It refuses one letter with 400. Everything else stands in the way of all: a wrong key, a limit, or a fault."""
    code = fault.status_code
    if code == NOT_THIS_ONE:
        return Refused(Why.NOTIFY_NOT_THIS_ONE, code)
    return Away(Why.NOTIFY_NONE, code)
