"""Resolves templates of many hosts in one process, in place of running tasks, for which Ansible would fork once a host.

Works with ansible-core 2.11 to 2.20; standard library only. A plan comes on standard input: a list of objects with "hosts" and
"templates", each of these an object with a "variable" of the host's, or an "expression" with a "variable" that it goes by. Answers are
lines of JSON on standard output: "host", and a list of objects with "value" or "error", in the plan's order. Without "hosts", all
hosts are meant: an answer names its "variable" then, and only those are answered that a host has as a template.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict, Iterator, List

from ansible.inventory.host import Host
from ansible.plugins.loader import connection_loader, vars_loader
from ansible.plugins.strategy import StrategyBase
from ansible.template import Templar
from ansible.vars import manager
from jinja2 import Environment

try:
    # From ansible-core 2.19 on a template has to be trusted.
    from ansible.template import trust_as_template
except ImportError:

    def trust_as_template(value: str) -> str:
        return value


DOCUMENTATION = """
    name: kubelab_templates
    short_description: resolves templates in place of running tasks
    description:
      - Reads a plan on standard input and answers on standard output. No task is run, and no host is touched.
"""


OF_ALL_HOSTS = ("ansible_play_hosts_all", "ansible_play_hosts", "ansible_play_batch", "play_hosts")


def remember_what_is_alike() -> None:
    """Thousands of hosts have the same templates and the same groups: each is compiled, or read, once."""
    compile_template = Environment.compile
    code: Dict[Any, Any] = {}

    def compiled(self: Any, source: Any, *args: Any, **kwargs: Any) -> Any:
        key = (type(self), source, args, tuple(kwargs.items()))
        if not isinstance(source, str):
            return compile_template(self, source, *args, **kwargs)
        if key not in code:
            code[key] = compile_template(self, source, *args, **kwargs)
        return code[key]

    Environment.compile = compiled  # type: ignore[method-assign, assignment]
    for loader in (vars_loader, connection_loader):
        loader.all = finding_once(loader.all)
    for name in ("get_vars_from_inventory_sources", "get_vars_from_path"):
        if hasattr(manager, name):
            setattr(manager, name, reading_groups_once(getattr(manager, name)))


def finding_once(find: Callable[..., Any]) -> Callable[..., Any]:
    known: Dict[Any, List[Any]] = {}

    def found(*args: Any, **kwargs: Any) -> Iterator[Any]:
        key = (args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = list(find(*args, **kwargs))
        return iter(known[key])

    return found


def reading_groups_once(read: Callable[..., Any]) -> Callable[..., Any]:
    known: Dict[Any, Any] = {}

    def read_once(loader: Any, where: Any, entities: Any, stage: Any) -> Any:
        if any(isinstance(entity, Host) for entity in entities):
            return read(loader, where, entities, stage)
        key = (str(where), stage, tuple(entity.name for entity in entities))
        if key not in known:
            known[key] = read(loader, where, entities, stage)
        return known[key].copy()

    return read_once


def trusted(value: Any) -> Any:
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, list):
        return [trusted(item) for item in value]
    if isinstance(value, dict):
        return {key: trusted(item) for key, item in value.items()}
    return value


def is_template(value: Any) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


class StrategyModule(StrategyBase):
    def run(self, iterator: Any, play_context: Any) -> int:
        hosts = {host.name: host for host in self._inventory.get_hosts()}
        names = list(hosts)
        remember_what_is_alike()
        self._templar = Templar(loader=self._loader, variables={})
        for part in json.load(sys.stdin):
            are_sought = "hosts" not in part
            for name in part.get("hosts", names):
                if name in hosts:
                    answers = self._answers(hosts[name], part["templates"], names, iterator._play, are_sought)
                    print(json.dumps({"host": name, "answers": answers}, default=str), flush=True)
        return 0

    def _answers(
        self, host: Any, templates: List[Dict[str, Any]], names: List[str], play: Any, are_sought: bool
    ) -> List[Dict[str, Any]]:
        # Ansible would go through the names of all hosts for each of them.
        variables = self._variable_manager.get_vars(play=play, host=host, _hosts=names[:1], _hosts_all=names[:1])
        variables.update((name, names) for name in OF_ALL_HOSTS if name in variables)
        self._templar.available_variables = variables
        answers: List[Dict[str, Any]] = []
        if are_sought:
            templates = [each for each in templates if is_template(variables.get(each["variable"]))]
        for template in templates:
            try:
                if "expression" not in template and template["variable"] not in variables:
                    raise ValueError("'{}' is undefined".format(template["variable"]))
                text = trusted(template["expression"]) if "expression" in template else variables[template["variable"]]
                answers.append({"value": json.loads(json.dumps(self._templar.template(text), default=str))})
            except Exception as error:  # noqa: B902 -- whatever a template does, it costs only what needs it
                answers.append({"error": str(error)})
        return [{**answer, "variable": template["variable"]} for template, answer in zip(templates, answers)] if are_sought else answers
