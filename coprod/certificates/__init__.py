"""Certificates: the facts as issued, the document, and the page where anyone can check one."""
