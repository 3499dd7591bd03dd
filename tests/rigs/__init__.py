"""Rigs that do to a real deployment what nobody hopes for, and look for what was acknowledged: `./run rig …`."""

import coprod.app  # noqa: F401  # every table must be known before any is asked for
