"""Is the website in this container ready? Exit code 0 where it is. It is asked under its own name, as people ask it."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

asked = urllib.request.Request(
    "http://127.0.0.1:8000/health/ready", headers={"Host": urlsplit(os.environ["COPROD_BASE_URL"]).netloc}
)
try:
    with urllib.request.urlopen(asked, timeout=8) as answer:  # noqa: S310  # our own address
        sys.exit(0 if answer.status == 200 else 1)
except OSError as fault:
    sys.exit(str(fault))
