"""Proves, in place of running tasks, that what a distribution's tree uses is there: with the very Python, configuration and
collection path that its playbooks will run with.

What the tree uses is read from the tree: modules from the tasks of its roles and playbooks, filters, tests and lookups from their
expressions and from templates. Each is looked up as Ansible does when it runs; of what runs on this machine, the Python libraries
that its files import are tried. A plan comes on standard input: "collections" (name to "range" and "source"), "libraries" (name to
"wanted" and "source") and "selinux". The answer is one object of JSON on a line of standard output. Works with ansible-core 2.11 and
newer; standard library, and what Ansible itself needs, only.
"""

from __future__ import annotations

import ast
import glob
import importlib
import importlib.util
import json
import os
import re
import sys
import sysconfig
from importlib import metadata
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

import ansible
import yaml
from ansible.galaxy import collection as _  # noqa: F401 -- up to 2.12, the next one can't be imported before it
from ansible.galaxy.dependency_resolution.versioning import meets_requirements
from ansible.playbook.handler import Handler
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from ansible.plugins import loader as plugins
from ansible.plugins.strategy import StrategyBase
from ansible.template import Templar
from ansible.utils.collection_loader import _collection_finder as collections
from jinja2 import Environment, TemplateError, nodes

DOCUMENTATION = """
    name: kubelab_requirements
    short_description: proves that what a tree uses is there, in place of running tasks
    description:
      - Reads a plan on standard input and answers on standard output. No task is run, and no host is touched.
"""

TASK_FILES = ("roles/**/tasks/**/*.y*ml", "roles/**/handlers/**/*.y*ml")
PLAYBOOKS = ("*.y*ml", "playbooks/*.y*ml")
EXPRESSIONS = ("roles/**/*.y*ml", "roles/**/templates/**/*")
# What a role is tested with, and what it copies as it is.
PASSED = ("molecule", "tests", "files")
CONDITIONS = ("when", "that", "until", "changed_when", "failed_when", "var")
BLOCKS = ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers")
CONTROL_MACHINE = ("localhost", "127.0.0.1")
WORTH_PARSING = re.compile(r"\||\bis\b|\b(lookup|query|q)\b")
# The folders in a collection, and the words in its routing, by the kind of plugin.
ROUTING = {"module": ("modules", "action"), "filter": ("filter",), "test": ("test",), "lookup": ("lookup",)}
MOST_REDIRECTS = 10
OWN = "ansible.builtin"

Places = Dict[Tuple[str, str], str]


def attributes(kind: Any) -> Set[str]:
    """The words that Ansible itself knows in a task or a play."""
    known = getattr(kind, "fattributes", None) or getattr(kind, "_valid_attrs")
    return set(known) | {"loop_with", "local_action", "args", "static"}


class Tree:
    """What the files of a tree use, with the first place of each."""

    def __init__(self, root: str):
        self.root = root
        self.used: Places = {}
        self.local: Set[str] = set()
        self.unreadable: List[str] = []
        self.words = attributes(Task) | attributes(Handler) | attributes(Play) | {"import_playbook"}
        self.jinja = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])  # nosec B701

    def read(self) -> Tree:
        """Reads all files."""
        tasks = set(self._files(TASK_FILES)) | set(self._files(PLAYBOOKS))
        for file in sorted(tasks | set(self._files(EXPRESSIONS))):
            if not file.endswith((".yml", ".yaml")):
                self._template(file)
            else:
                self._yaml(file, file in tasks)
        return self

    def _files(self, patterns: Tuple[str, ...]) -> Iterator[str]:
        for pattern in patterns:
            for file in glob.iglob(os.path.join(self.root, pattern), recursive=True):
                parts = os.path.relpath(file, self.root).split(os.sep)
                if os.path.isfile(file) and not any(part in PASSED for part in parts):
                    yield file

    def _use(self, kind: str, name: str, file: str, line: int) -> None:
        self.used.setdefault((kind, name), f"{os.path.relpath(file, self.root)}:{line}")

    def _yaml(self, file: str, has_tasks: bool) -> None:
        try:
            with open(file, encoding="utf-8") as stream:
                documents = list(yaml.compose_all(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            # A template, or what only a part of it makes YAML of, is nothing that Ansible would read as tasks.
            if has_tasks:
                self.unreadable.append(f"{os.path.relpath(file, self.root)}:{mark.line + 1 if mark else 1}")
            return
        for document in documents:
            if has_tasks:
                self._tasks(document, file)
            self._scalars(document, file, None)

    def _tasks(self, items: Any, file: str) -> None:
        for task in items.value if isinstance(items, yaml.SequenceNode) else ():
            if not isinstance(task, yaml.MappingNode):
                continue
            keys = {key.value: (key, value) for key, value in task.value if isinstance(key, yaml.ScalarNode)}
            for word in BLOCKS:
                if word in keys:
                    self._tasks(keys[word][1], file)
            if "block" in keys or "hosts" in keys or "import_playbook" in keys:
                continue
            self._task(keys, file)

    def _task(self, keys: Dict[str, Any], file: str) -> None:
        for word in ("action", "local_action"):
            if word in keys:
                named = self._action(keys[word][1])
                if named:
                    self._module(named, keys, file, keys[word][0], word == "local_action")
        for word, (key, _) in keys.items():
            if word.startswith("with_"):
                self._use("lookup", word[len("with_"):], file, key.start_mark.line + 1)
            elif word not in self.words:
                self._module(word, keys, file, key, False)

    def _module(self, name: str, keys: Dict[str, Any], file: str, key: Any, here: bool) -> None:
        self._use("module", name, file, key.start_mark.line + 1)
        target = keys.get("delegate_to", keys.get("connection", (None, None)))[1]
        if here or (target is not None and str(target.value) in CONTROL_MACHINE + ("local",)):
            self.local.add(name)

    @staticmethod
    def _action(value: Any) -> Optional[str]:
        if isinstance(value, yaml.MappingNode):
            return next((each.value for key, each in value.value if key.value == "module"), None)
        words = str(value.value).split()
        return words[0] if words and "{" not in words[0] else None

    def _scalars(self, node: Any, file: str, key: Optional[str]) -> None:
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                self._scalars(name, file, None)
                self._scalars(value, file, str(name.value))
        elif isinstance(node, yaml.SequenceNode):
            for each in node.value:
                self._scalars(each, file, key)
        elif isinstance(node, yaml.ScalarNode) and WORTH_PARSING.search(node.value):
            line = node.start_mark.line + (1 if node.style in ("|", ">") else 0)
            if "{{" in node.value or "{%" in node.value:
                self._expressions(node.value, file, line)
            elif key in CONDITIONS:
                self._expressions("{{ " + node.value + " }}", file, line)

    def _template(self, file: str) -> None:
        try:
            with open(file, encoding="utf-8") as stream:
                text = stream.read()
        except UnicodeDecodeError:
            return
        if WORTH_PARSING.search(text):
            self._expressions(text, file, 0)

    def _expressions(self, text: str, file: str, line: int) -> None:
        try:
            parsed = self.jinja.parse(text)
        except TemplateError:
            # Text for another program, such as Go's templates; what Ansible can't read, it says itself.
            return
        for node in parsed.find_all((nodes.Filter, nodes.Test, nodes.Call)):
            if isinstance(node, nodes.Call):
                first = node.args[0] if node.args else None
                if isinstance(node.node, nodes.Name) and node.node.name in ("lookup", "query", "q"):
                    if isinstance(first, nodes.Const) and isinstance(first.value, str):
                        self._use("lookup", first.value, file, line + node.lineno)
            elif node.name:
                self._use("filter" if isinstance(node, nodes.Filter) else "test", node.name, file, line + node.lineno)


class Machine:
    """Finds what is used, as Ansible finds it."""

    def __init__(self, root: str):
        self.environment = Templar(loader=None).environment
        for folder in glob.glob(os.path.join(root, "roles/**/library"), recursive=True):
            plugins.module_loader.add_directory(folder)
        for name, loader in (("filter", plugins.filter_loader), ("test", plugins.test_loader)):
            for folder in glob.glob(os.path.join(root, f"roles/**/{name}_plugins"), recursive=True):
                loader.add_directory(folder)

    def find(self, kind: str, name: str) -> Optional[str]:
        """The file of a plugin, empty where it is part of a program; null where it isn't there."""
        try:
            if kind == "module":
                return self._file(plugins.module_loader, name) or self._file(plugins.action_loader, name)
            if kind == "lookup":
                return self._file(plugins.lookup_loader, name)
            known = self.environment.filters if kind == "filter" else self.environment.tests
            function = known[name]
            return str(sys.modules[getattr(function, "__wrapped__", function).__module__].__file__ or "")
        except (AttributeError, TypeError):
            return ""
        except Exception:  # noqa: B902 -- each version of Ansible says in a way of its own that there is none
            return None

    @staticmethod
    def _file(loader: Any, name: str) -> Optional[str]:
        found = loader.find_plugin_with_context(name, ignore_deprecated=True, check_aliases=True)
        return found.plugin_resolved_path if found.resolved else None

    def collection_of(self, kind: str, name: str) -> str:
        """The collection that a plugin comes from, or would; empty for the tree's own."""
        full = (name if name.count(".") >= 2 else f"{OWN}.{name}").replace("ansible.legacy.", f"{OWN}.")
        for _ in range(MOST_REDIRECTS):
            namespace, short, rest = full.split(".", 2)
            try:
                routing = collections._get_collection_metadata(f"{namespace}.{short}").get("plugin_routing", {})
            except ValueError:
                break
            entries = [routing.get(word, {}).get(rest, {}) for word in ROUTING[kind]]
            redirect = next((entry["redirect"] for entry in entries if entry.get("redirect")), full)
            if redirect == full:
                break
            full = redirect
        return ".".join(full.split(".")[:2])

    @staticmethod
    def folder(collection: str) -> Optional[str]:
        """The folder of a collection."""
        if collection == OWN:
            return os.path.dirname(ansible.__file__)
        try:
            return list(importlib.import_module(f"ansible_collections.{collection}").__path__)[0]
        except ImportError:
            return None


def version_in(folder: str) -> Optional[str]:
    """The version of the collection in a folder."""
    try:
        with open(os.path.join(folder, "MANIFEST.json"), encoding="utf-8") as stream:
            return str(json.load(stream)["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        with open(os.path.join(folder, "galaxy.yml"), encoding="utf-8") as stream:
            return str(yaml.safe_load(stream)["version"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return None


def is_standard(name: str) -> bool:
    """Whether a module is part of Python."""
    if hasattr(sys, "stdlib_module_names"):
        return name in sys.stdlib_module_names
    spec = importlib.util.find_spec(name)
    origin = (spec.origin or "") if spec else ""
    return origin in ("built-in", "frozen") or (origin.startswith(sysconfig.get_path("stdlib")) and "-packages" not in origin)


def imports(file: str, seen: Set[str], is_own: bool = True) -> Iterator[Tuple[str, bool]]:
    """What a plugin's file imports beside Ansible, and what the files of its collection import that it uses; with each, whether the
    plugin can do nothing without it: where only files that it uses are prepared to lack it, it may never be needed."""
    if file in seen or not file.endswith(".py"):
        return
    seen.add(file)
    with open(file, encoding="utf-8") as stream:
        try:
            module = ast.parse(stream.read())
        except (SyntaxError, ValueError):
            return
    for name, is_guarded in wanted_by(module.body):
        top = name.partition(".")[0]
        if top == "ansible_collections":
            try:
                spec = importlib.util.find_spec(name)
            except ImportError:
                continue
            if spec and spec.origin:
                yield from imports(spec.origin, seen, is_own=False)
        elif top != "ansible" and not is_standard(top):
            yield top, is_own or not is_guarded


def wanted_by(body: List[Any], is_guarded: bool = False) -> Iterator[Tuple[str, bool]]:
    """What statements import, unless something else takes its place, and whether they are prepared to lack it."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from ((alias.name, is_guarded) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module, is_guarded
            if statement.module.startswith("ansible_collections."):
                yield from ((f"{statement.module}.{alias.name}", is_guarded) for alias in statement.names)
        elif isinstance(statement, ast.Try):
            handlers = [each for handler in statement.handlers for each in ast.walk(handler)]
            if not any(isinstance(each, (ast.Import, ast.ImportFrom)) and importable(each) for each in handlers):
                yield from wanted_by(statement.body, True)
        elif isinstance(statement, ast.If):
            yield from wanted_by(statement.body + statement.orelse, is_guarded)


def importable(statement: Any) -> bool:
    """Whether an import brings anything but the words for an error."""
    named = {alias.name for alias in statement.names}
    return bool(named - {"traceback", "missing_required_lib"})


def library(name: str) -> Tuple[Optional[str], Optional[str], Optional[str]]:
    """The version of a library and where it lies, or why it can't be imported; a package whose modules have other names is there
    where it is installed."""
    try:
        version: Optional[str] = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = None
    try:
        module = importlib.import_module(name)
    except Exception as error:  # noqa: B902 -- a library that is half there may raise whatever it likes
        problem = f"{type(error).__name__}: {error}"
        return version, None, problem if version is None or not isinstance(error, ModuleNotFoundError) else None
    own = getattr(module, "__version__", None)
    return version or (own if isinstance(own, str) else "there"), getattr(module, "__file__", None) or "", None


def some(names: List[str], most: int = 3) -> str:
    """The first of some names."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


class Proof:
    """Compares what is used with what is there."""

    def __init__(self, plan: Dict[str, Any], root: str):
        self.plan, self.root = plan, root
        self.tree, self.machine = Tree(root).read(), Machine(root)
        self.rows: List[Dict[str, Any]] = []
        self.here: Dict[str, Tuple[str, str]] = {}

    def of_plugins(self) -> None:
        """Each module, filter, test and lookup resolves; each collection is there in a version that is accepted."""
        by_collection: Dict[str, List[Tuple[str, str, str, Optional[str]]]] = {name: [] for name in self.plan.get("collections", {})}
        own = 0
        for (kind, name), place in sorted(self.tree.used.items()):
            file = self.machine.find(kind, name)
            collection = self.machine.collection_of(kind, name)
            if file is not None and (not file or os.path.realpath(file).startswith(os.path.realpath(self.root) + os.sep)):
                own += 1
                continue
            by_collection.setdefault(collection, []).append((kind, name, place, file))
            if file and collection != OWN and (kind != "module" or name in self.tree.local):
                self.here[file] = (name, place)
        for collection, used in sorted(by_collection.items(), key=lambda each: (each[0] != OWN, each[0])):
            self._collection(collection, used)
        for place in self.tree.unreadable:
            self._row("file", place, "YAML", None, None, False, f"{place} can't be read as YAML")

    def _collection(self, collection: str, used: List[Tuple[str, str, str, Optional[str]]]) -> None:
        asked = self.plan.get("collections", {}).get(collection)
        folder = self.machine.folder(collection)
        version = version_in(folder) if folder and collection != OWN else None
        lacking = [f"{name} ({place})" for kind, name, place, file in used if file is None]
        names = sorted({name.rpartition(".")[2] for _, name, _, _ in used})
        wanted = "; ".join(filter(None, [f"{asked['range']} ({asked['source']})" if asked else "", some(names)]))
        if folder is None:
            reason: Optional[str] = f"is not installed{'; it is used in ' + used[0][2] if used else ''}"
        elif lacking:
            reason = f"has no {some(lacking)}"
        elif asked and (version is None or not meets_requirements(version, asked["range"])):
            reason = f"is {version or 'of an unknown version'}, and {asked['source']} asks for {asked['range']}"
        else:
            reason = None
        found = None if folder is None else version or (f"{len(used) - len(lacking)} of {len(used)}" if used else "there")
        # A task with a module that isn't there ends a playbook before it begins; an expression fails where it is reached at all.
        met = None if collection == OWN and all(kind != "module" for kind, _, _, file in used if file is None) else False
        self._row("collection" if collection != OWN else "plugins", collection, wanted, found, folder, reason is None or met, reason)

    def of_libraries(self) -> None:
        """Each Python library that runs on this machine can be imported."""
        listed = self.plan.get("libraries", {})
        wanted: Dict[str, Tuple[bool, str, str]] = {}
        for file, (name, place) in sorted(self.here.items()):
            for top, is_needed in imports(file, set()):
                wanted[top] = max(wanted.get(top, (False, "", "")), (is_needed, name, place))
        for top in sorted(set(wanted) | set(listed)):
            is_needed, name, place = wanted.get(top, (False, "", ""))
            version, where, problem = library(top)
            asked = "; ".join(filter(None, [f"{listed[top]['wanted']} ({listed[top]['source']})" if top in listed else "", name]))
            # What the release lists and no plugin imports is left to it: nothing is known to fail without it.
            met = problem is None or (False if name and (is_needed or top in listed) else None)
            reason = problem and f"can't be imported ({problem}){f'; {name} wants it in {place}' if name else ''}"
            self._row("library", top, asked, version, where, met, reason)
        encoding = sys.getfilesystemencoding()
        is_utf8 = encoding.replace("-", "").lower() == "utf8"
        reason = None if is_utf8 else f"is {encoding}, and Ansible wants UTF-8"
        self._row("locale", "encoding", "UTF-8", encoding, None, is_utf8, reason)
        if self.plan.get("selinux"):
            has_own = importlib.util.find_spec("ansible.module_utils.compat.selinux") is not None
            version, where, problem = library("ansible.module_utils.compat.selinux" if has_own else "selinux")
            reason = problem and f"can't be used ({problem}): tasks that write files on this machine fail without"
            self._row("library", "selinux", "SELinux is on", version, where, problem is None, reason)

    def _row(
        self, kind: str, name: str, wanted: str, found: Optional[str], where: Optional[str], met: Optional[bool], reason: Optional[str]
    ) -> None:
        self.rows.append(
            {"kind": kind, "name": name, "wanted": wanted, "found": found, "where": where, "isMet": met, "reason": reason})


class StrategyModule(StrategyBase):  # type: ignore[misc]
    """Takes the place of running tasks."""

    def run(self, iterator: Any, play_context: Any) -> int:
        """Proves what the plan asks for."""
        proof = Proof(json.load(sys.stdin), os.getcwd())
        proof.of_plugins()
        proof.of_libraries()
        python = {"program": sys.executable, "isVirtual": sys.prefix != sys.base_prefix}
        print(json.dumps({"python": python, "rows": proof.rows}), flush=True)
        return int(self._tqm.RUN_OK)
