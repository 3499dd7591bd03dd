"""How often the forms of signing in may be sent: letters for one e-mail address, codes for one person, links tried."""

from coprod.web.limits import limited as held_to

limited = held_to("letters")
codes_limited = held_to("codes")
links_limited = held_to("links")
