"""Stands in for Ansible's own lookup wherever KubeLab only reads: that one makes and writes the password that it doesn't find.

A password that is there already is read as it is; in place of any other one stands a word that is never written anywhere.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional

from ansible.plugins.lookup import LookupBase

DOCUMENTATION = """
    name: password
    short_description: reads a password, and makes none
    description:
      - Reads the password from the file that the term names, and gives a word in its place where there is none.
    options:
      _terms:
        description: the file, and options after it, of which only a length counts.
        required: true
"""

DEFAULT_LENGTH = 20


class LookupModule(LookupBase):
    """Reads passwords, and writes none."""

    def run(self, terms: List[Any], variables: Optional[Dict[str, Any]] = None, **kwargs: Any) -> List[str]:
        """Gives a password for each term."""
        return [self._password(str(term), kwargs) for term in terms]

    def _password(self, term: str, options: Dict[str, Any]) -> str:
        words = term.split(" ")
        path = " ".join(word for word in words if "=" not in word)
        given = dict(word.split("=", 1) for word in words if "=" in word)
        path = os.path.join(self._loader.get_basedir(), os.path.expanduser(path))
        if path != "/dev/null" and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read().rstrip("\n").split(" salt=")[0]
        length = str(given.get("length", options.get("length", DEFAULT_LENGTH)))
        return "x" * min(int(length) if length.isdigit() else DEFAULT_LENGTH, 4096)
