"""Concerns: what somebody reports about a signatory, and what the coordinator does about it. All of it is private."""
