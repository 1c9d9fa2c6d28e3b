"""Judges a release's own asserts for all hosts in this one process, without a way to any of them.

Ansible's own strategies fork for each task and host, and reach out to the hosts. This one goes through a play's tasks itself: only
what judges or sets variables is carried out (assert, fail, debug, set_fact), by Ansible's own code. All that would look at a host
is answered from the facts that KubeLab has of it, or else not at all: whatever is then asked of such an answer is unknown, which is
neither a pass nor a failure. A failure ends nothing, so that all of them are found at once.

What it is to do stands in the variable kubelab_rehearsal of the play: "files", the task files to judge (others of the same role are
left out), "prepare", those that only set variables, "render", the roles whose files it says as they would be written, "given", what is
known of results by the names that they are registered with, "facts", whether the play waits for facts, which come as a line of JSON on
standard input, and "limit", the seconds that one task may take on one host. It says what it finds as lines of JSON behind the word
MARKER. Works with ansible-core 2.11 and newer; standard library only.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import os
import re
import resource
import signal
import sys
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

from ansible.errors import AnsibleError
from ansible.executor.task_executor import TaskExecutor
from ansible.playbook.block import Block
from ansible.playbook.role_include import IncludeRole
from ansible.plugins import loader as plugin_loader
from ansible.plugins.strategy import StrategyBase
from ansible.template import Templar
from jinja2 import Environment

try:
    from ansible.template import trust_as_template  # ansible-core 2.19 and newer
except ImportError:

    def trust_as_template(value: str) -> str:
        """Templates need no trust before."""
        return value

try:
    from ansible.utils.unsafe_proxy import wrap_var
except ImportError:
    wrap_var = None


DOCUMENTATION = """
    name: kubelab_rehearsal
    short_description: judges asserts for all hosts in one process
    description:
      - Carries out assert, fail, debug and set_fact, and answers all else from facts that are given.
    options: {}
"""

MARKER = "kubelab-rehearsal "
PORTS = ("ansible_port", "ansible_ssh_port")

# Set variables or judge them, and touch nothing.
CARRIED_OUT = ("assert", "fail", "debug", "set_fact")

# What a file that would be written depends on, or is.
WRITING = ("template", "copy")
PACKAGES = ("package", "apt", "dnf", "yum", "zypper")
RENDERING = WRITING + PACKAGES + ("set_fact", "include_vars", "stat", "slurp")

# Look at variables and files alone. All others may run programs, ask the network or write.
LOOKUPS = (
    "config", "csvfile", "dict", "env", "file", "fileglob", "first_found", "indexed_items", "ini", "inventory_hostnames", "items",
    "list", "nested", "password", "random_choice", "sequence", "subelements", "template", "together", "unvault", "varnames", "vars",
)

# What Ansible gathers of a host, beside what KubeLab's probe knows of it: to ask for one of these is no mistake of the inventory's.
GATHERED = (
    "all_ipv4_addresses all_ipv6_addresses apparmor architecture bios_date bios_vendor bios_version board_name board_vendor chassis_vendor"
    " cmdline date_time default_ipv4 default_ipv6 device_links devices distribution distribution_file_variety distribution_major_version"
    " distribution_release distribution_version dns domain effective_user_id env fips form_factor fqdn hostname interfaces is_chroot"
    " kernel kernel_version lo loadavg locally_reachable_ips lsb lvm machine machine_id memfree_mb memory_mb memtotal_mb mounts nodename"
    " os_family pkg_mgr proc_cmdline processor processor_cores processor_count processor_nproc processor_threads_per_core"
    " processor_vcpus product_name product_serial product_uuid product_version python python_version real_user_id selinux"
    " selinux_python_present service_mgr ssh_host_key_ed25519_public swapfree_mb swaptotal_mb system system_capabilities system_vendor"
    " uptime_seconds user_dir user_gid user_id user_shell user_uid userspace_architecture userspace_bits virtualization_role"
    " virtualization_type"
).split()

SECRET = re.compile(r"pass(word|phrase|wd)?|secret|token|(^|_)key($|_)|private|credential", re.IGNORECASE)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FACT = re.compile(r"""ansible_facts(?:\[['"](\w+)['"]\]|\.(\w+))""")
TEXT = re.compile(r"""'[^']*'|"[^"]*\"""")
NOT_TO_SHOW = ("groups", "hostvars", "group_names", "inventory_hostname", "item", "lookup", "query", "q", "vars")
LONGEST_TEXT = 2000
LONGEST_VALUE = 200

# Behind this Ansible shows the lines of the file.
AROUND = "\n\nThe error appears to be in "


# As ansible-core's plugin loader and templating, and the filters of ansible.utils, say it.
LACKING = re.compile(
    r"unable to locate collection (?P<collection>\w+\.\w+)|No filter named '(?P<filter>[\w.]+)'"
    r"|Could not load \"(?P<plugin>[\w.]+)\": '(?P=plugin)'"
    r"|requires python's (?P<library>\w+) be installed|required Python library \((?P<library2>[\w-]+)\)")

# As its Conditional says it; after that come the lines of the file, and every layer's words again.
BROKEN = re.compile(
    r"The conditional check '(?P<condition>.*?)' failed\. The error was: (?:error while evaluating conditional \(.*?\): )?"
    r"(?P<why>.*?)(?:\n\nThe error appears to be in |\Z)", re.DOTALL)

class Unknown(BaseException):
    """Something was asked for that isn't known here. No handler of Ansible's or Jinja's takes it for a failed condition."""

    def __init__(self, reason: str, kind: str):
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class EndlessTask(BaseException):
    """A task took longer than it may."""


class UnknownValue:
    """Stands for a value that isn't known: it is defined, and whoever looks at it learns that it is unknown."""

    # Ansible hands on what is marked like this as it is.
    __UNSAFE__ = True

    def __init__(self, reason: str, kind: str):
        self.__dict__.update(reason=reason, kind=kind)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._ask()

    def __deepcopy__(self, memo: Any) -> UnknownValue:
        return self

    def __copy__(self) -> UnknownValue:
        return self

    def _ask(self, *_: Any, **__: Any) -> Any:
        raise Unknown(self.__dict__["reason"], self.__dict__["kind"])

    __str__ = __bool__ = __len__ = __iter__ = __getitem__ = __contains__ = __call__ = __hash__ = __int__ = __float__ = _ask
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _ask
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __html__ = _ask


class NoConnection:
    """Stands where Ansible wants a connection, and can't connect."""

    connected = True
    supports_persistence = force_persistence = has_pipelining = False
    become = None
    transport = _load_name = ansible_name = "none"

    class _Shell:
        tmpdir = None
        _load_name = "none"

        def __getattr__(self, name: str) -> Any:
            raise Unknown("there is no shell here", "never")

    def __init__(self, play_context: Any):
        self._shell = self._Shell()
        self._play_context = play_context

    def matches_name(self, _: Any) -> bool:
        """It is whatever is wanted."""
        return True

    def update_vars(self, _: Any) -> None:
        """It has no variables."""

    def get_options(self, *_: Any, **__: Any) -> Dict[str, Any]:
        """It has no options."""
        return {}

    def get_option(self, *_: Any, **__: Any) -> None:
        """It has no options."""

    def close(self) -> None:
        """There is nothing to close."""


class Silence:
    """Takes what an executor would tell callbacks."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None


class Answer:
    """An action that answers from facts of the host in place of looking at it."""

    def __init__(self, task: Any, known: Dict[str, Any]):
        self._task = task
        self._known = known

    def run(self, *_: Any, **__: Any) -> Dict[str, Any]:
        """Answers, or says that the answer is unknown."""
        action = unqualified(self._task.action)
        args = {key: value for key, value in self._task.args.items() if not str(key).startswith("_ansible")}
        if action in ("setup", "gather_facts"):
            return {"changed": False, "ansible_facts": {}}
        path = str(args.get("path", args.get("src")))
        absent = self._known.get("absent", [])
        if action == "stat" and path in self._known.get("paths", {}):
            return {"changed": False, "stat": self._known["paths"][path]}
        if action == "stat" and os.path.basename(path) in absent:
            return {"changed": False, "stat": {"exists": False}}
        if action == "slurp" and path in self._known.get("files", {}):
            return {"changed": False, "encoding": "base64", "content": self._known["files"][path]}
        if action in ("command", "shell"):
            command = " ".join(str(args.get("_raw_params", args.get("cmd", ""))).split())
            if command in self._known.get("commands", {}):
                return {"changed": False, "stderr": "", **self._known["commands"][command]}
            if any(os.path.basename(word) in absent for word in command.split()):
                return {"changed": False, "rc": 127, "stdout": "", "stdout_lines": [], "stderr": "not found"}
            raise Unknown(f"`{command[:LONGEST_VALUE]}` is not run here", "never")
        raise Unknown(f"{action}{'' if path == 'None' else ' ' + path[:LONGEST_VALUE]} is not run here", "never")

    def cleanup(self, *_: Any, **__: Any) -> None:
        """It leaves nothing behind."""


class Written:
    """Takes what would be copied to a host, in place of copying it."""

    def __init__(self, task: Any, files: List[Dict[str, Any]]):
        self._task = task
        self._files = files

    def run(self, *_: Any, **__: Any) -> Dict[str, Any]:
        """Keeps the file's text, or the names of packages; a file that the release brings as it is isn't its configuration."""
        args = self._task.args
        content = args.get("content")
        if unqualified(self._task.action) in PACKAGES:
            names = args.get("name") or args.get("pkg") or []
            if str(args.get("state", "present")) in ("present", "installed", "latest"):
                self._files.append({"packages": [plain(str(name)) for name in (names.split(",") if isinstance(names, str) else names)]})
            return {"changed": False}
        if unqualified(self._task.action) == "template":
            with open(args["src"], encoding="utf-8", errors="surrogateescape") as file:
                content = file.read()
        elif content is not None and not isinstance(content, str):
            content = json.dumps(content)
        if content is not None:
            self._files.append({"dest": plain(str(args["dest"])), "content": plain(content)})
        known = {"checksum": hashlib.sha1(content.encode(errors="surrogateescape")).hexdigest()} if content is not None else {}
        return {"changed": False, "dest": args.get("dest"), **known}

    def cleanup(self, *_: Any, **__: Any) -> None:
        """It leaves nothing behind."""


class WritingNothing:
    """Ansible's own plugins, without the one that writes what a template has become."""

    def __init__(self, files: List[Dict[str, Any]]):
        self._files = files
        self.action_loader = self

    def get(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """An action."""
        return Written(kwargs["task"], self._files) if unqualified(name) == "copy" else plugin_loader.action_loader.get(name, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(plugin_loader, name)


class Judge(TaskExecutor):  # type: ignore[misc]
    """Ansible's own executor of a task, without a connection, and with actions that touch nothing."""

    known: Dict[str, Any] = {}
    files: Optional[List[Dict[str, Any]]] = None

    def _get_connection(self, *_: Any, **__: Any) -> NoConnection:
        return NoConnection(self._play_context)

    def _set_connection_options(self, *_: Any, **__: Any) -> List[str]:
        return []

    def _set_become_plugin(self, *_: Any, **__: Any) -> None:
        pass

    def _get_action_handler(self, *_: Any, **__: Any) -> Any:
        return self._handler_of(*_, **__)

    def _get_action_handler_with_module_context(self, *_: Any, **__: Any) -> Tuple[Any, None]:
        return self._handler_of(*_, **__), None

    def _handler_of(self, *given: Any, **named: Any) -> Any:
        templar = named.get("templar", given[-1] if given else None)
        action = unqualified(self._task.action)
        loaders = self._shared_loader_obj
        if self.files is not None and action in WRITING + PACKAGES + ("include_vars",):
            if action in PACKAGES + ("copy",):
                return Written(self._task, self.files)
            loaders = WritingNothing(self.files)
        elif action not in CARRIED_OUT:
            return Answer(self._task, self.known)
        handler = self._shared_loader_obj.action_loader.get(
            f"ansible.builtin.{action}",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=templar,
            shared_loader_obj=loaders,
        )
        # Nothing is transferred, so no folder is made for it on the host.
        handler.TRANSFERS_FILES = False
        return handler


def unqualified(name: str) -> str:
    """The name of one of Ansible's own plugins, however it was written; of all others their full name."""
    for prefix in ("ansible.builtin.", "ansible.legacy."):
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


def refuse_other_lookups() -> None:
    """Lets templates look at variables and files alone."""
    lookups = plugin_loader.lookup_loader

    def guarded(get: Callable[..., Any]) -> Callable[..., Any]:
        def find(name: str, *args: Any, **kwargs: Any) -> Any:
            plugin = unqualified(name)
            if plugin not in LOOKUPS:
                raise Unknown(f"the lookup {name} is not made here", "never")
            # Unqualified, so that KubeLab's own lookup of passwords is found whatever the template calls it.
            return get(plugin if plugin == "password" else name, *args, **kwargs)

        return find

    if not getattr(lookups, "kubelab_guarded", False):
        lookups.kubelab_guarded = True
        remember_compiled_templates()
        remember_plugins()
        lookups.get = guarded(lookups.get)
        if hasattr(lookups, "get_with_context"):
            lookups.get_with_context = guarded(lookups.get_with_context)


def emit(what: Dict[str, Any]) -> None:
    """Says something to KubeLab."""
    sys.stdout.write(f"{MARKER}{json.dumps(what, default=str)}\n")
    sys.stdout.flush()


def only_verdict(outcome: Dict[str, List[Any]]) -> Optional[str]:
    """The verdict of an outcome that says no more than that."""
    said = [(verdict, entry) for verdict, entries in outcome.items() for entry in entries]
    return said[0][0] if len(said) == 1 and isinstance(said[0][1], str) else None


def lacking(message: str) -> Optional[str]:
    """What this machine's Ansible lacks, where that is why something failed."""
    found = LACKING.search(message)
    if found is None:
        return None
    collection, name = found.group("collection"), found.group("filter") or found.group("plugin")
    library = found.group("library") or found.group("library2")
    if collection:
        return f"the collection {'.'.join(collection.split('.')[:2])} is not installed on this machine"
    return f"this machine's Ansible has no filter {name}" if name else f"this machine's Ansible has no Python library {library}"


def why_broken(broken: Any) -> str:
    """Why a condition could not be evaluated, each reason once."""
    return f"{broken.group('condition')} can't be evaluated: {told_once(broken.group('why'))}"


def told_once(message: str) -> str:
    """What Ansible says of an error, each reason once, without the lines of the file around it."""
    words = message.partition(AROUND)[0]
    return ". ".join(dict.fromkeys(reason.strip() for reason in words.split(". ") if reason.strip()))


def shortened(text: Any, longest: int = LONGEST_TEXT) -> str:
    """A text that nobody has to scroll through."""
    text = text if isinstance(text, str) else str(text)
    return text if len(text) <= longest else f"{text[:longest]}..."


@functools.lru_cache(maxsize=None)
def taken(function: Callable[..., Any]) -> FrozenSet[str]:
    """The names of a function's arguments."""
    return frozenset(inspect.signature(function).parameters)


def called(function: Callable[..., Any], **available: Any) -> Any:
    """Calls a function of Ansible's with those arguments that this version of it takes."""
    takes = taken(function)
    return function(**{name: value for name, value in available.items() if name in takes})


class StrategyModule(StrategyBase):  # type: ignore[misc]
    """Goes through a play's tasks in this process."""

    def run(self, iterator: Any, play_context: Any) -> int:
        """Judges a play."""
        refuse_other_lookups()
        play = iterator._play
        wanted = play.get_vars().get("kubelab_rehearsal", {})
        self.play, self.play_context = play, play_context
        self.judged = {os.path.realpath(file) for file in wanted.get("files", [])}
        self.preparing = {os.path.realpath(file) for file in wanted.get("prepare", [])}
        self.given: Dict[str, Any] = wanted.get("given", {})
        self.rendered = tuple(os.path.join(os.path.realpath(role), "tasks", "") for role in wanted.get("render", []))
        self.limit = float(wanted.get("limit", 5))
        emit({"play": str(play.name)})
        self._set_hosts_cache(play)
        self.hosts = self._inventory.get_hosts(play.hosts, order=play.order)
        # One for all plays: their facts come with the first that waits for them.
        self.known: Dict[str, Dict[str, Any]] = self._variable_manager.__dict__.setdefault("kubelab_known", {})
        self.alike = Alike(self.hosts)
        self._remember_hosts()
        self.glance = Glance(self.alike, play, self._variable_manager, Templar(loader=self._loader, variables={}))
        tasks = [task for block in iterator._blocks for task in self._tasks(block)]
        if wanted.get("facts"):
            emit({"ready": True})
            self._take_facts()
        for task in tasks:
            self._do(task, self.hosts)
        emit({"done": str(play.name)})
        return int(self._tqm.RUN_OK)

    def _remember_hosts(self) -> None:
        """Keeps what a template sees of another host until something is set there: a loop over hostvars sees all of them for each."""
        manager, self.seen = self._variable_manager, {}
        get_vars = manager.__dict__.setdefault("kubelab_get_vars", manager.get_vars)

        @functools.wraps(get_vars)
        def remembering(*args: Any, **kwargs: Any) -> Any:
            if args or kwargs.keys() != {"host", "include_hostvars"}:
                return get_vars(*args, **kwargs)
            name = kwargs["host"].name
            if name not in self.seen:
                self.seen[name] = get_vars(**kwargs)
            return dict(self.seen[name])

        manager.get_vars = remembering

    def _tasks(self, block: Any) -> Iterator[Any]:
        for each in block.block:
            if isinstance(each, Block):
                yield from self._tasks(each)
            elif self._kind(each) or (isinstance(each, IncludeRole) and self._includes_what_is_judged(each)):
                yield each

    def _kind(self, task: Any) -> Optional[str]:
        file = self._place(task)[0]
        if self.rendered and file.startswith(self.rendered):
            return "rendered"
        return "judged" if file in self.judged else "prepared" if file in self.preparing else None

    @staticmethod
    def _place(task: Any) -> Tuple[str, int]:
        path, _, line = (task.get_path() or "").rpartition(":")
        return os.path.realpath(path), int(line) if line.isdigit() else 0

    def _includes_what_is_judged(self, task: Any) -> bool:
        file = str(task._from_files.get("tasks", "main")).rpartition("/")[2]
        end = f"/{task._role_name}/tasks/{file if file.endswith(('.yml', '.yaml')) else file + '.yml'}"
        return any(each.endswith(end) for each in self.judged)

    def _take_facts(self) -> None:
        line = sys.stdin.readline()
        if not line.endswith("\n"):
            raise SystemExit(1)  # KubeLab is gone.
        given = json.loads(line)
        unasked: Dict[Tuple[Optional[str], str], Dict[str, Any]] = {}
        for host in self.hosts:
            self.known[host.name] = known = given.get(host.name) or {"reason": "the node gave no answer", "kind": "silent"}
            why = (known.get("reason"), known.get("kind", "never"))
            if why not in unasked:
                unasked[why] = {
                    f"ansible_{name}": UnknownValue(why[0] or f"the probe doesn't ask for the fact {name}", why[1]) for name in GATHERED
                }
            facts = dict(unasked[why])
            for name, value in known.get("facts", {}).items():
                facts[f"ansible_{name}"] = (
                    UnknownValue(f"the node's answer lacks the fact {name}", "missing") if value is None else value
                )
            self._variable_manager.set_host_facts(host.name, facts)
            self.seen.pop(host.name, None)
            self.alike.set(host, facts)
            self.alike.set(host, {Alike.ANSWERS: {key: value for key, value in known.items() if key != "facts"}})

    def _do(self, task: Any, hosts: List[Any]) -> None:
        if isinstance(task, IncludeRole):
            self._include(task, hosts)
            return
        if self._kind(task) == "rendered":
            self._render(task, [hosts[0]] if task.run_once else hosts)
            return
        is_judged = self._kind(task) == "judged"
        path, line = self._place(task)
        said: Dict[str, Any] = {
            "file": path, "line": line, "name": shortened(task.name or task.action, LONGEST_VALUE), "action": unqualified(task.action),
            "once": bool(task.run_once), "registers": bool(task.register), "passed": [], "skipped": [], "failed": [], "unknown": [],
        }
        if is_judged:
            emit({"at": {"file": path, "line": line, "name": said["name"]}})
        outcomes: Dict[str, Dict[str, List[Any]]] = {}
        if task.run_once:
            outcomes[hosts[0].name] = self._outcome(task, hosts[0], hosts)
        else:
            variables = self._variables(task, hosts[0])
            groups, names = self.alike.among(hosts, task, variables)
            for alike in groups:
                outcome = self._outcome(task, alike[0], alike)
                outcomes.update((host.name, outcome) for host in alike)
                if alike is groups[0] and len(groups) > 1:
                    self.glance.begin(task, hosts[0], variables, names)
                    if not self._is_seen(hosts[0], outcome):
                        self.glance.end()
            self.glance.end()
        plain = {key: only_verdict(outcome) for key, outcome in {id(outcome): outcome for outcome in outcomes.values()}.items()}
        for host in (each.name for each in hosts if each.name in outcomes):
            verdict = plain[id(outcomes[host])]
            if verdict is not None:
                said[verdict].append(host)
                continue
            for verdict, entries in outcomes[host].items():
                said[verdict] += [host if isinstance(entry, str) else {**entry, "host": host} for entry in entries]
        if is_judged:
            emit({"task": said})

    def _render(self, task: Any, hosts: List[Any]) -> None:
        """Says which files a task would write on each host, or why that isn't known."""
        action, (path, line) = unqualified(task.action), self._place(task)
        if task.register in self.given:
            self._set(hosts, {task.register: self.given[task.register]})
            return
        if action not in RENDERING:
            reason = f"it depends on what \"{task.name or action}\" finds, which is not run here"
            self._set(hosts if task.register else [], {task.register: UnknownValue(reason, "never")})
            return
        place = {"file": path, "line": line, "name": shortened(task.name or action, LONGEST_VALUE)}
        writes = action == "template" or (action == "copy" and isinstance(task.args, dict) and "content" in task.args)
        for host in hosts:
            files: List[Dict[str, Any]] = []
            reason = None
            try:
                with Limit(self.limit):
                    result = self._execute(task, host, self._variables(task, host), None, files)
                    self._remember(task, host, [host], result)
                    reason = shortened(told_once(str(result.get("msg", "it fails")))) if result.get("failed") else None
            except Unknown as unknown:
                self._is_unknown(task, host, [host], {"unknown": []}, unknown)
                reason = unknown.reason
            except (EndlessTask, MemoryError):
                self._is_unknown(task, host, [host], {"unknown": []}, Unknown("it had no end", "endless"))
                reason = f"it had no end after {self.limit:g} s"
            except (AnsibleError, OSError, UnicodeError) as error:
                self._is_unknown(task, host, [host], {"unknown": []}, Unknown(str(error), "broken"))
                reason = shortened(told_once(str(error)))
            for file in files:
                notifies = [task.notify] if isinstance(task.notify, str) else [str(each) for each in task.notify or []]
                emit({"packages" if "packages" in file else "written": {**file, "host": host.name, "notifies": notifies, **place}})
            if writes and reason is not None:
                emit({"unwritten": {"host": host.name, "dest": self._dest(task, host), "reason": reason, **place}})

    def _dest(self, task: Any, host: Any) -> str:
        dest = task.args.get("dest", "") if isinstance(task.args, dict) else ""
        try:
            return plain(str(Templar(loader=self._loader, variables=self._variables(task, host)).template(dest)))
        except (Exception, Unknown):  # pylint: disable=broad-except
            return plain(str(dest))

    def _is_seen(self, host: Any, outcome: Dict[str, List[Any]]) -> bool:
        """Whether a glance at a host says what became of it; if it doesn't, more than the conditions decides."""
        try:
            with Limit(self.limit):
                verdict = self.glance.verdict(host)
                own = self.alike.own(host)
                is_set = all(name in own and own[name] == value for name, value in self.glance.sets.items())
        except Unknown as unknown:
            return any(entry["kind"] == unknown.kind for entry in outcome["unknown"])
        except EndlessTask:
            return False
        if verdict is None:
            return bool(outcome["failed"]) and all(entry["assertion"] is not None for entry in outcome["failed"])
        return bool(outcome[verdict]) and is_set

    def _outcome(self, task: Any, host: Any, concerned: List[Any]) -> Dict[str, List[Any]]:
        """What a task says of a host, and of all that are like it."""
        said: Dict[str, List[Any]] = {"passed": [], "skipped": [], "failed": [], "unknown": []}
        try:
            with Limit(self.limit):
                verdict = self.glance.verdict(host)
                if verdict is not None:
                    self._set(concerned, self.glance.sets)
                    said[verdict].append(host.name)
                    return said
                variables = self._variables(task, host)
                result = self._result(task, host, variables, said)
                self._remember(task, host, concerned, result)
        except Unknown as unknown:
            self._is_unknown(task, host, concerned, said, unknown)
        except EndlessTask:
            self._is_unknown(task, host, concerned, said, Unknown(f"it had no end after {self.limit:g} s", "endless"))
        except MemoryError:
            self._is_unknown(task, host, concerned, said, Unknown("it wants more memory than it may have", "endless"))
        else:
            if result.get("skipped"):
                said["skipped"].append(host.name)
            elif not result.get("failed") or result.get("ignored"):
                said["passed"].append(host.name)
        return said

    def _variables(self, task: Any, host: Any) -> Dict[str, Any]:
        return dict(called(
            self._variable_manager.get_vars, play=self.play, host=host, task=task, include_delegate_to=False,
            _hosts=self._hosts_cache, _hosts_all=self._hosts_cache_all,
        ))

    def _result(self, task: Any, host: Any, variables: Dict[str, Any], said: Dict[str, Any]) -> Dict[str, Any]:
        result = self._execute(task, host, variables, None)
        if result.get("failed") and task.ignore_errors:
            result["ignored"] = True
        if not result.get("failed") or result.get("ignored"):
            return result
        conditions = self._conditions(task)
        failures = self._failures(result, conditions, host, variables)
        said["failed"] += failures
        # An assert ends at the first condition that doesn't hold; those after it are judged by themselves.
        while len(failures) == 1 and failures[0]["index"] is not None and "results" not in result:
            conditions = conditions[failures[0]["index"] + 1:]
            again = self._execute(task, host, variables, conditions) if conditions else {}
            failures = self._failures(again, conditions, host, variables) if again.get("failed") else []
            said["failed"] += failures
        return result

    def _execute(
        self, task: Any, host: Any, variables: Dict[str, Any], conditions: Optional[List[Any]],
        files: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        asked, problem = self._asked(task, host, variables)
        # Nothing is connected to, and of a port that is none every task would break before its condition is asked.
        for port in PORTS:
            if not str(variables.get(port, 0)).isdigit():
                variables = {name: value for name, value in variables.items() if name != port}
        copy = task.copy(exclude_parent=True)
        copy._parent = task._parent
        executor = called(
            Judge, host=host, task=copy, job_vars=dict(variables), play_context=self.play_context, new_stdin=None, loader=self._loader,
            shared_loader_obj=plugin_loader, final_q=Silence(), variable_manager=self._variable_manager,
        )
        executor.known = self.known.get(asked, {})
        executor.files = files
        # Judged here, whomever it is delegated to.
        copy.delegate_to = None
        copy.until = []
        if conditions is not None:
            copy.args = {**copy.args, "that": conditions}
        result = dict(executor.run())
        if problem is not None and not result.get("skipped"):
            return {"failed": True, "msg": problem}
        if result.get("exception") and str(result.get("msg", "")).startswith("Unexpected failure"):
            raise Unknown(f"Ansible broke off: {str(result['exception']).strip().splitlines()[-1]}", "broken")
        for each in [result] + list(result.get("results") or []):
            lack = lacking(str(each.get("msg", ""))) if each.get("failed") else None
            if lack is not None:
                raise Unknown(lack, "lacking")
        return result

    def _asked(self, task: Any, host: Any, variables: Dict[str, Any]) -> Tuple[str, Optional[str]]:
        """The name of the host that would be looked at; or why there is none, on which Ansible fails."""
        if task.delegate_to and (task.loop is not None or task.loop_with):
            # Another one for each item, of which nothing is known here; what only sets variables asks none.
            return "", None
        try:
            templar = Templar(loader=self._loader, variables=variables)
            return str(templar.template(task.delegate_to) if task.delegate_to else host.name), None
        except AnsibleError as error:
            return str(host.name), f"The field 'delegate_to' has an invalid value: {error}"

    @staticmethod
    def _conditions(task: Any) -> List[Any]:
        that = task.args.get("that", []) if isinstance(task.args, dict) else []
        return that if isinstance(that, list) else [that]

    def _failures(self, result: Dict[str, Any], conditions: List[Any], host: Any, variables: Dict[str, Any]) -> List[Dict[str, Any]]:
        failures = []
        for each in result.get("results") or [result]:
            if not each.get("failed"):
                continue
            assertion = each.get("assertion")
            index = next((i for i, one in enumerate(conditions) if str(one) == str(assertion)), None)
            item = each.get("item")
            named = [plain(item["name"])] if isinstance(item, dict) and isinstance(item.get("name"), str) else []
            broken = BROKEN.match(str(each.get("msg", ""))) if "assertion" not in each else None
            # What was a template has been replaced by its value.
            condition = broken.group("condition") if broken else conditions[0] if index is None and len(conditions) == 1 else assertion
            is_said = condition is not None and not broken
            failures.append({
                "host": host.name,
                "assertion": shortened(plain(str(condition)).replace("item.value", *named or ["item.value"])) if is_said else None,
                "index": index,
                "message": shortened(why_broken(broken) if broken else str(each.get("msg", "")).partition(AROUND)[0]),
                "item": None if item is None or named else shortened(str(item), LONGEST_VALUE),
                "values": self._values(named or names_in(str(condition or "")), variables),
            })
        return failures

    def _values(self, names: List[str], variables: Dict[str, Any]) -> Dict[str, Any]:
        values = {}
        templar = Templar(loader=self._loader, variables=variables)
        for name in names:
            raw = variables.get(name.partition(".")[0])
            if raw is None or name in NOT_TO_SHOW:
                continue
            if SECRET.search(name) or "Vault" in type(raw).__name__ or "Encrypted" in type(raw).__name__:
                values[name] = "(withheld)"
                continue
            try:
                value = templar.template(trust_as_template("{{ %s }}" % name))
                values[name] = shortened(value if isinstance(value, str) else json.dumps(value, default=str), LONGEST_VALUE)
            except (Exception, Unknown):  # pylint: disable=broad-except
                continue
        return values

    def _include(self, task: Any, hosts: List[Any]) -> None:
        """Goes on with a role whose checks are to be judged, where its condition holds."""
        included = []
        path, line = self._place(task)
        said: Dict[str, Any] = {
            "file": path, "line": line, "name": f"the checks of {task._role_name}", "action": "include_role", "once": False,
            "registers": False, "passed": [], "skipped": [], "failed": [], "unknown": [],
        }
        for alike in self.alike.among(hosts, task, self._variables(task, hosts[0]))[0]:
            host = alike[0]
            variables = self._variables(task, host)
            try:
                with Limit(self.limit):
                    if self._holds(task, Templar(loader=self._loader, variables=variables), variables):
                        included += alike
            except (Unknown, EndlessTask, AnsibleError) as error:
                is_broken = isinstance(error, AnsibleError)
                reason = str(error) if is_broken else getattr(error, "reason", f"it had no end after {self.limit:g} s")
                kind = getattr(error, "kind", "broken" if is_broken else "endless")
                said["unknown"] += [{"host": each.name, "reason": shortened(reason), "kind": kind} for each in alike]
        if said["unknown"]:
            emit({"task": said})
        if not included:
            return
        copy = task.copy(exclude_parent=True)
        copy._parent = task._parent
        blocks, _ = copy.get_block_list(play=self.play, variable_manager=self._variable_manager, loader=self._loader)
        chosen = {host.name for host in included}
        those = [host for host in hosts if host.name in chosen]
        for block in blocks:
            for each in self._tasks(block):
                self._do(each, those)

    @staticmethod
    def _holds(task: Any, templar: Any, variables: Dict[str, Any]) -> bool:
        if hasattr(task, "_resolve_conditional"):  # ansible-core 2.19 and newer
            return bool(task._resolve_conditional(task.when, variables))
        return bool(task.evaluate_conditional(templar, variables))

    def _remember(self, task: Any, host: Any, concerned: List[Any], result: Dict[str, Any]) -> None:
        sets: Dict[str, Any] = {}
        is_given_away = bool(task.delegate_to and task.delegate_facts)
        variables = self._variables(task, host) if is_given_away else {}
        for each in result.get("results") or [result]:
            if unqualified(task.action) not in ("set_fact", "include_vars"):
                continue
            facts = each.get("ansible_facts") or {}
            # A loop over nothing gives nothing to anybody.
            if is_given_away and facts:
                self._set(self._delegates(task, variables, each), facts)
            else:
                sets.update(facts)
        if task.register:
            sets[task.register] = result
        self._set(concerned, sets)

    def _delegates(self, task: Any, variables: Dict[str, Any], result: Dict[str, Any]) -> List[Any]:
        """The host that a task, or one turn of its loop, gives its facts to; none where the inventory has no such host."""
        if result.get("ansible_loop_var"):
            variables[result["ansible_loop_var"]] = result.get(result["ansible_loop_var"])
        delegate = self._inventory.get_host(str(Templar(loader=self._loader, variables=variables).template(task.delegate_to)))
        return [delegate] if delegate is not None else []

    def _is_unknown(self, task: Any, host: Any, concerned: List[Any], said: Dict[str, Any], unknown: Unknown) -> None:
        """What a task would have set is as unknown as the task's own outcome."""
        said["unknown"].append({"host": host.name, "reason": shortened(unknown.reason), "kind": unknown.kind})
        value = UnknownValue(unknown.reason, unknown.kind)
        names = [task.register] if task.register else []
        if unqualified(task.action) == "set_fact" and isinstance(task.args, dict):
            names += [name for name in task.args if name != "cacheable"]
        self._set(concerned, {name: value for name in names})

    def _set(self, hosts: List[Any], values: Dict[str, Any]) -> None:
        for host in hosts if values else []:
            self._variable_manager.set_nonpersistent_facts(host.name, dict(values))
            self.seen.pop(host.name, None)
            self.alike.set(host, values)


class Alike:
    """Tells which hosts a task can't tell apart, so that it is judged on one of them for all.

    It sees what it names, and what the templates of that name. Whatever looks up names that are made while it runs sees all.
    """

    ANSWERS = " answers"
    # What is found by these has no name in the text.
    SEES_ALL = frozenset(("hostvars", "vars", "lookup", "query", "q", "extract", "undef", "varnames", "now", "random"))
    MEMBER = re.compile(r"inventory_hostname\s+(?:not\s+)?in\s+groups")
    WHOLE_FACTS = re.compile(r"ansible_facts(?!\[['\"]|\.)")

    def __init__(self, hosts: List[Any]):
        self._own: Dict[str, Dict[str, Any]] = {}
        self._texts: Dict[Tuple[str, str], str] = {}
        self._named: Dict[int, Tuple[Any, FrozenSet[str]]] = {}
        # How often a name has been set that some host has of its own, and who is alike in names that were set no more since.
        self._times: Dict[str, int] = {}
        self._known: Dict[Any, Tuple[List[Any], Tuple[int, ...], List[List[Any]]]] = {}
        for host in hosts:
            self._own[host.name] = {
                **host.get_vars(), "inventory_hostname": host.name, "inventory_hostname_short": host.name.partition(".")[0],
                "group_names": sorted(group.name for group in host.get_groups()),
            }
            self._times.update(dict.fromkeys(self._own[host.name], 0))

    def set(self, host: Any, values: Dict[str, Any]) -> None:
        """Gives a host variables of its own."""
        own = self._own.setdefault(host.name, {})
        own.update(values)
        for name in values:
            self._texts.pop((host.name, name), None)
            self._times[name] = self._times.get(name, 0) + 1

    def own(self, host: Any) -> Dict[str, Any]:
        """The variables that a host has of its own."""
        return self._own.get(host.name, {})

    def among(self, hosts: List[Any], task: Any, variables: Dict[str, Any]) -> Tuple[List[List[Any]], Optional[Set[str]]]:
        """The hosts, those together that are alike to a task; and the names by which they are told apart, None for all."""
        if len(hosts) == 1:
            return [hosts], None
        names = self._names(task, variables, hosts)
        if names is None:
            return [[host] for host in hosts], None
        if unqualified(task.action) not in CARRIED_OUT:
            names = names | {self.ANSWERS}
        ordered = sorted(names)
        times = tuple(self._times.get(name, 0) for name in ordered)
        before = self._known.get((id(hosts), *ordered))
        if before is not None and before[0] is hosts and before[1] == times:
            return before[2], names
        groups: Dict[Tuple[str, ...], List[Any]] = {}
        for host in hosts:
            groups.setdefault(tuple(self._text(host.name, name) for name in ordered), []).append(host)
        self._known[(id(hosts), *ordered)] = (hosts, times, list(groups.values()))
        return list(groups.values()), names

    def _text(self, host: str, name: str) -> str:
        key = (host, name)
        if key not in self._texts:
            own = self._own.get(host, {})
            value = own.get(name)
            self._texts[key] = (
                f"'{value}" if isinstance(value, str) else self._shown(value) if isinstance(value, UnknownValue)
                else json.dumps(value, default=self._shown, sort_keys=True) if name in own else ""
            )
        return self._texts[key]

    @staticmethod
    def _shown(value: Any) -> str:
        if isinstance(value, UnknownValue):
            return f"{value.__dict__['kind']} {value.__dict__['reason']}"
        return f"{type(value).__name__} {id(value)}"

    def _names(self, task: Any, variables: Dict[str, Any], hosts: List[Any]) -> Optional[Set[str]]:
        """The names that a task sees, whoever names them; None for all."""
        # What is evaluated without braces around it; all else that a task says is seen where it has some.
        args = task.args if isinstance(task.args, dict) else {}
        expressions = [task.when, args.get("that"), args.get("var"), task.failed_when, task.changed_when, task.loop_with]
        templates = [
            args, task.loop, task.vars, task.get_vars(),
            task.delegate_to if task.delegate_facts or unqualified(task.action) not in CARRIED_OUT else None,
        ]
        found: Set[str] = set()
        waiting = set(self._named_in(expressions + [task.loop if isinstance(task.loop, str) else None], is_expression=True))
        waiting |= self._named_in(templates)
        while waiting:
            if not waiting.isdisjoint(self.SEES_ALL):
                return None
            found |= waiting
            values = [variables[name] for name in waiting if name in variables and name != "ansible_facts"]
            of_hosts = [name for name in waiting if name in self._times]
            for host in hosts if of_hosts else []:
                own = self._own.get(host.name, {})
                values += [own[name] for name in of_hosts if name in own]
            distinct = {id(value): value for value in values}
            waiting = set().union(*(self._named_in(value) for value in distinct.values())) - found
        facts = {f"ansible_{name}" for name in found} if "ansible_facts" in found else set()
        return {
            name for name in found | facts if name in self._times and any(name in self._own.get(host.name, {}) for host in hosts)
        }

    def _named_in(self, value: Any, is_expression: bool = False) -> FrozenSet[str]:
        """The words in the templates of a value; a set that holds "vars" where they can't be told."""
        if isinstance(value, (bool, int, float, type(None), UnknownValue)):
            return frozenset()
        known = self._named.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        words: Set[str] = set()
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                if is_expression or "{{" in each or "{%" in each:
                    text = self.MEMBER.sub("group_names", plain(each) if len(each) < LONGEST_TEXT else each)
                    words.update(NAME.findall(text))
                    if self.WHOLE_FACTS.search(text):
                        words.add("vars")
            elif isinstance(each, dict):
                waiting += each.values()
            elif isinstance(each, (list, tuple, set)):
                waiting += each
            elif not isinstance(each, (bool, int, float, type(None), UnknownValue)):
                words.add("vars")
        # The value is kept, so that its id stays its own.
        self._named[id(value)] = (value, frozenset(words))
        return self._named[id(value)][1]


class Glance:
    """Sees where a task's conditions hold, or keep it from running, and what it sets, without the rest of Ansible's work for a task.

    Where hosts differ in a few variables that a task names, thousands of them differ in nothing else: the variables of the first one
    serve, with these few in place of its own. Whatever isn't plainly passed or skipped is left to Ansible's own executor.
    """

    PLAIN = ("until", "failed_when", "changed_when", "loop", "loop_with", "register", "delegate_to")

    def __init__(self, alike: Any, play: Any, variable_manager: Any, templar: Any):
        self._alike, self._templar = alike, templar
        self._set_above = {*play.get_vars(), *variable_manager.extra_vars}
        for role in play.roles:
            self._set_above.update(role.get_vars(include_params=True))
        self._base: Optional[Dict[str, Any]] = None
        self.sets: Dict[str, Any] = {}

    def begin(self, task: Any, host: Any, variables: Dict[str, Any], names: Optional[Set[str]]) -> None:
        """Prepares for a task, whose variables on one host are given, and the names in which hosts differ."""
        self._base = None
        if names is None or any(getattr(task, name, None) for name in self.PLAIN) or not isinstance(task.args, dict):
            return
        self._names = names - {Alike.ANSWERS}
        above = self._set_above | set(task.get_vars())
        if task._role is not None:
            above.update(task._role.get_vars(include_params=True))
        if self._names & above or not self._are_its_own(host, variables):
            return
        that = task.args.get("that", [])
        self._that = that if isinstance(that, list) else [that]
        self._when = list(task.when)
        self._is_assert = unqualified(task.action) == "assert"
        is_setting = unqualified(task.action) == "set_fact" and not task.delegate_facts
        self._facts = {name: value for name, value in task.args.items() if name != "cacheable"} if is_setting else {}
        self._base = variables

    def end(self) -> None:
        """The task is done with."""
        self._base = None
        self.sets = {}

    def verdict(self, host: Any) -> Optional[str]:
        """What plainly becomes of the task on a host, with what it sets there; None where that has to be found out."""
        self.sets = {}
        own = self._alike.own(host)
        if self._base is None or not all(name in own for name in self._names):
            return None
        variables = dict(self._base)
        facts = {name: wrap_var(own[name]) for name in self._names if name.startswith("ansible_") and name != "ansible_facts"}
        variables.update((name, own[name]) for name in self._names)
        variables.update(facts)
        if isinstance(variables.get("ansible_facts"), dict):
            variables["ansible_facts"] = {**variables["ansible_facts"], **{name[len("ansible_"):]: facts[name] for name in facts}}
        try:
            self._templar.available_variables = variables
            if not all(self._holds(condition) for condition in self._when):
                return "skipped"
            if self._facts:
                self.sets = {name: self._value(value) for name, value in self._facts.items()}
                return "passed"
            return "passed" if self._is_assert and self._that and all(self._holds(each) for each in self._that) else None
        except Exception:  # pylint: disable=broad-except
            return None

    def _value(self, template: Any) -> Any:
        value = self._templar.template(template)
        # Of words that mean true or false, set_fact makes what they mean, which depends on Ansible's settings.
        if isinstance(value, str) and value.lower() in ("true", "false", "yes", "no"):
            raise ValueError(value)
        return value

    def _are_its_own(self, host: Any, variables: Dict[str, Any]) -> bool:
        own = self._alike.own(host)
        try:
            return wrap_var is not None and all(
                name in own and name in variables and (variables[name] is own[name] or variables[name] == own[name])
                for name in self._names
            )
        except Unknown:
            return False

    def _holds(self, condition: Any) -> bool:
        if isinstance(condition, bool):
            return condition
        if not isinstance(condition, str) or "{{" in condition or "{%" in condition:
            raise ValueError(condition)
        if hasattr(self._templar, "evaluate_conditional"):  # ansible-core 2.19 and newer
            return bool(self._templar.evaluate_conditional(condition))
        # As its Conditional asks.
        said = self._templar.template("{%% if %s %%} True {%% else %%} False {%% endif %%}" % condition, disable_lookups=True)
        return {"True": True, "False": False}[str(said).strip()]


def remember_compiled_templates() -> None:
    """Compiles each template once: for every condition on every host, Ansible makes the same code again."""
    compile_template = Environment.compile
    known: Dict[Any, Any] = {}

    def compiled(self: Any, source: Any, name: Any = None, filename: Any = None, raw: bool = False, defer_init: bool = False) -> Any:
        if raw or name is not None or filename is not None or not isinstance(source, str):
            return compile_template(self, source, name, filename, raw, defer_init)
        key = (
            source, type(self), self.variable_start_string, self.block_start_string, self.comment_start_string, self.trim_blocks,
            self.lstrip_blocks, self.keep_trailing_newline, self.line_statement_prefix, self.undefined, defer_init,
        )
        if key not in known:
            known[key] = compile_template(self, source, name, filename, raw, defer_init)
        return known[key]

    Environment.compile = compiled


def remember_plugins() -> None:
    """Finds plugins once: with each host's variables Ansible looks for those of variables and of connections in all folders again."""

    def finding_once(find: Callable[..., Any]) -> Callable[..., Any]:
        known: Dict[Any, List[Any]] = {}

        def found(*args: Any, **kwargs: Any) -> Iterator[Any]:
            key = (args, tuple(sorted(kwargs.items())))
            if key not in known:
                known[key] = list(find(*args, **kwargs))
            return iter(known[key])

        return found

    for loader in (plugin_loader.vars_loader, plugin_loader.connection_loader):
        loader.all = finding_once(loader.all)


class Limit:
    """Ends what takes more of the processor than it may: the task, or where Python can't be interrupted, as in a sum, the process.

    What waits takes none, and gets longer: on a busy machine time says little.
    """

    WAITING = 12
    MORE = 2

    def __init__(self, seconds: float):
        self._seconds = seconds

    def __enter__(self) -> None:
        signal.signal(signal.SIGPROF, self._end)
        signal.signal(signal.SIGALRM, self._end)
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        signal.setitimer(signal.ITIMER_REAL, self._seconds * self.WAITING)
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        # Past it the kernel sends SIGXCPU, which nobody handles.
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + self._seconds) + self.MORE, resource.getrlimit(resource.RLIMIT_CPU)[1]))

    def __exit__(self, *_: Any) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))

    @staticmethod
    def _end(*_: Any) -> None:
        raise EndlessTask()


def plain(text: str) -> str:
    """The same text without Ansible's mark that it came from outside, with which it would be no part of a template."""
    return "".join(chr(ord(character)) for character in text)


def names_in(condition: str) -> List[str]:
    """The names in a condition that may be variables."""
    without_texts = TEXT.sub(" ", plain(condition))
    found = [match.group(0) for match in re.finditer(r"(?<![.\w])" + NAME.pattern, without_texts)]
    facts = [f"ansible_facts.{match.group(1) or match.group(2)}" for match in FACT.finditer(plain(condition))]
    return list(dict.fromkeys(facts + [name for name in found if name != "ansible_facts"]))
