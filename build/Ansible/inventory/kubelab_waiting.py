"""Reads an inventory that is written only once Ansible has loaded all it is made of: when a line comes on standard input."""

from __future__ import annotations

import sys
from typing import Any

from ansible.plugins.inventory.yaml import InventoryModule as YamlInventory

DOCUMENTATION = """
    name: kubelab_waiting
    short_description: reads YAML when it is told to
    description:
      - Waits for a line on standard input, and then reads the file as the plugin yaml does.
    options: {}
"""


class InventoryModule(YamlInventory):  # type: ignore[misc]
    """Ansible's own reader of YAML, after a line of input."""

    NAME = "kubelab_waiting"

    def verify_file(self, path: str) -> bool:
        """The file will be there."""
        return True

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Reads it once it is written."""
        if not sys.stdin.readline():
            raise SystemExit(1)  # KubeLab is gone.
        super().parse(inventory, loader, path, cache)
