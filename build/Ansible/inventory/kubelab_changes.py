"""Changes what the inventories before this one have made: the files of a cluster stay as they are."""

from typing import Any, Dict

from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = """
name: kubelab_changes
short_description: Changes machines and groups of the inventories before it
description:
  - Moves machines to the end of their groups, gives a machine the roles of another, takes machines out, and sets variables.
options:
  plugin:
    description: The name of this plugin.
    required: true
"""


class InventoryModule(BaseInventoryPlugin):
    """The changes, as a file of YAML names them: roles, takes, last, absent, variables."""

    NAME = "kubelab_changes"

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Makes them."""
        super().parse(inventory, loader, path, cache)
        changes = loader.load_from_file(path, cache=False)
        for machine, other in changes["takes"].items():
            self._take(inventory, machine, other, set(changes["roles"]))
        for group in inventory.groups.values():
            group.hosts.sort(key=lambda host: host.name in changes["last"])
            group.clear_hosts_cache()
        for name in changes["absent"]:
            if name in inventory.hosts:
                inventory.remove_host(inventory.hosts[name])
        self._set(inventory, changes["variables"])

    @staticmethod
    def _take(inventory: Any, machine: str, other: str, roles: Any) -> None:
        for group in list(inventory.groups.values()):
            names = {group.name, *(above.name for above in group.get_ancestors())}
            if names & roles and any(host.name == other for host in group.hosts):
                inventory.add_host(machine, group=group.name)

    @staticmethod
    def _set(inventory: Any, variables: Dict[str, Dict[str, Any]]) -> None:
        for name, values in variables.items():
            for variable, value in values.items():
                if name in inventory.hosts:
                    inventory.set_variable(name, variable, value)
