"""Where folders are quick that nobody needs after a power cut. What a killed process wrote is there all the same."""

import os

FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # only ever a folder of our own in it
