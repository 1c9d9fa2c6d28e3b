"""Writes what an Ansible run does as JSON lines, one event a line, beside the user's own stdout callback.

Works with ansible-core 2.11 to 2.21 and Ansible 2.9 and 2.10; standard library only. The file is named by the environment
variable KUBELAB_EVENTS; without it the plugin does nothing. Results and arguments of tasks with no_log are never written.
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from typing import Any, Dict, IO, Iterator, Optional

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: kubelab_events
    type: notification
    short_description: writes plays, tasks and results as JSON lines
    description:
      - One JSON object a line, into the file that the environment variable KUBELAB_EVENTS names.
    requirements:
      - none
"""

# How often it is looked whether KubeLab is still there, and how long Ansible may take to stop when it isn't, in seconds.
WATCH_EVERY = 0.5
TIME_TO_STOP = 10.0

# A message is cut to this: a task that prints a megabyte must not make the record one. Programs say the cause at the end.
MESSAGE_LIMIT = 8000
ARGUMENT_LIMIT = 500

# A mirror's address may come with a user and a password, which may hold an @ of its own.
CREDENTIALS = re.compile(r"://[^/?#\s'\"<>]{1,500}@")

# What a program said in another encoding: Ansible keeps its bytes as halves of characters, which are no JSON text.
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")

# ansible-core 2.19 and newer put this where no traceback is asked for.
NO_TRACEBACK = "(traceback unavailable)"

# Every line is written with the same encoder: one made anew for each costs more than the line itself.
ENCODER = json.JSONEncoder(default=str)

# What tells why a task failed: of every module, of commands, of downloads (get_url says only "Request failed" in msg), and of
# an item of a loop.
FAILURE_FIELDS = (
    "msg", "assertion", "stderr", "stdout", "rc", "cmd", "module_stderr", "module_stdout", "exception", "response", "status_code",
    "url", "item")

# The arguments that say what was done. None of them is a secret's own name in any module.
ARGUMENTS = (
    "url", "dest", "src", "path", "name", "state", "host", "port", "search_regex", "timeout", "chdir", "repo", "method", "resource",
    "kubeconfig", "enabled", "argv", "_raw_params")

# What Kubespray's roles include a download for, where it is no loop: downloads.etcd, or downloads['etcd'].
DOWNLOAD = re.compile(r"\bdownloads(?:\.|\[['\"])(\w+)")

# How deep blocks and includes are looked through.
NESTING_LIMIT = 50


def _text(value: Any, limit: int) -> str:
    """A value as text without passwords of addresses, its middle left out where it is too long."""
    text = HALF_CHARACTERS.sub("\ufffd", value if isinstance(value, str) else str(value))
    if len(text) <= limit:
        return CREDENTIALS.sub("://***@", text)
    # Masked before it is cut, or half a password would stay where the cut goes through it.
    head, tail = (CREDENTIALS.sub("://***@", part) for part in (text[:2 * limit], text[-2 * limit:]))
    return "%s\n… %d characters left out …\n%s" % (head[:limit // 2], len(text) - limit, tail[-(limit // 2):])


def _around(task: Any) -> Iterator[Dict[str, Any]]:
    """The variables that stand at a task, and at the blocks and includes around it, from the inside to the outside."""
    for _ in range(NESTING_LIMIT):
        if task is None:
            return
        variables = getattr(task, "vars", None)
        if isinstance(variables, dict):
            yield variables
        task = getattr(task, "_parent", None)


def _is_partial() -> bool:
    """Whether only some hosts or some tasks were asked for."""
    asked = context.CLIARGS
    return bool(
        asked.get("subset") or asked.get("skip_tags") or asked.get("start_at_task") or set(asked.get("tags") or ()) - {"all"})


def _stop_when_orphaned(parent: int) -> None:
    """Ends Ansible when the process that started it has ended without being able to say so (SIGKILL, out of memory).

    Ansible is asked first, as by Ctrl+C, so that it ends its workers; what is left after that is killed.
    """
    while os.getppid() == parent:
        time.sleep(WATCH_EVERY)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(TIME_TO_STOP)
    for child in multiprocessing.active_children():
        child.kill()
    os.kill(os.getpid(), signal.SIGKILL)


def _opened(path: str) -> IO[str]:
    """Opens the file or pipe of events. A pipe that nobody reads would be waited for without end."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
    except OSError as error:
        if error.errno == errno.ENXIO:
            sys.exit("Nothing was begun: whoever started this has ended, and nobody reads its events.")
        raise
    os.set_blocking(descriptor, True)
    return open(descriptor, "a", encoding="utf-8", buffering=1)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "kubelab_events"
    CALLBACK_NEEDS_ENABLED = True
    CALLBACK_NEEDS_WHITELIST = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file: Optional[IO[str]] = None
        self._started: Dict[str, float] = {}
        self._failed_items: Dict[str, Dict[str, Any]] = {}
        path = os.environ.get("KUBELAB_EVENTS")
        if path:
            # Who ends from here on is missed by the thread; who ended before reads the events no more.
            parent = os.getppid()
            self._file = _opened(path)
            threading.Thread(target=_stop_when_orphaned, args=(parent,), daemon=True).start()
        else:
            self.disabled = True

    def _write(self, event: str, **fields: Any) -> None:
        if self._file is None:
            return
        line: Dict[str, Any] = {"event": event, "time": round(time.time(), 3)}
        line.update((name, value) for name, value in fields.items() if value is not None)
        try:
            self._file.write(ENCODER.encode(line) + "\n")
        except (OSError, ValueError):
            # A full disk must not fail the playbook that may be about to free it.
            self._file = None

    @staticmethod
    def _role(task: Any) -> Optional[str]:
        role = getattr(task, "_role", None)
        return role.get_name() if role is not None else None

    def _result(self, result: Any, status: str, ignored: bool = False) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        data = self._data(result)
        fields: Dict[str, Any] = {
            "host": host.get_name(),
            "task": task.get_name(),
            "task_id": str(task._uuid),
            "path": task.get_path(),
            "role": self._role(task),
            "action": task.action,
            "status": status,
            "ignored": True if ignored else None,
        }
        key = "%s/%s" % (host.get_name(), task._uuid)
        started = self._started.pop(key, None) or self._started.get(str(task._uuid))
        failed_item = self._failed_items.pop(key, None)
        if started is not None:
            fields["seconds"] = round(time.time() - started, 3)
        failed = status in ("failed", "unreachable")
        if task.no_log or data.get("_ansible_no_log"):
            fields["censored"] = True
        elif failed:
            fields.update(failed_item or self._failure(result, task, data))
        if failed:
            fields["delegated_to"] = fields.get("delegated_to") or self._delegated_to(result, task, host.get_name())
            if fields.get("censored"):
                fields["include_item"] = self._include_item(task)
        self._write("result", **fields)

    @staticmethod
    def _data(result: Any) -> Dict[str, Any]:
        for data in (getattr(result, "result", None), getattr(result, "_result", None)):
            if isinstance(data, dict):
                return data
        return {"msg": str(result._result)}

    def _failure(self, result: Any, task: Any, source: Dict[str, Any]) -> Dict[str, Any]:
        # An item of a loop can be censored on its own; newer versions hand it over without the mark, but with the reason.
        if source.get("_ansible_no_log") or "no_log" in str(source.get("censored")):
            return {"censored": True}
        fields: Dict[str, Any] = {}
        for name in FAILURE_FIELDS:
            value = source.get(name)
            if value not in (None, "", [], NO_TRACEBACK):
                fields[name] = value if isinstance(value, (int, bool)) else _text(value, MESSAGE_LIMIT)
        item = source.get("_ansible_item_label", source.get(str(source.get("ansible_loop_var", "item"))))
        return {
            "failure": fields,
            "item": None if item is None else _text(item, ARGUMENT_LIMIT),
            "args": self._arguments(result, task, source),
        }

    # What the task says goes first: an action such as template runs modules with arguments of its own.
    def _arguments(self, result: Any, task: Any, source: Dict[str, Any]) -> Optional[Dict[str, str]]:
        invocation = source.get("invocation")
        found: Dict[str, str] = {}
        for arguments in (
                self._field(result, task, "args"), invocation.get("module_args") if isinstance(invocation, dict) else None):
            for name in ARGUMENTS:
                value = arguments.get(name) if isinstance(arguments, dict) else None
                if isinstance(value, (list, tuple)):
                    value = " ".join(str(each) for each in value)
                if name not in found and isinstance(value, (str, int)) and value != "":
                    found[name] = _text(value, ARGUMENT_LIMIT)
        return found or None

    # As the task was when it ran, its templates resolved.
    @staticmethod
    def _field(result: Any, task: Any, name: str) -> Any:
        fields = getattr(result, "task_fields", None) or getattr(result, "_task_fields", None)
        return fields[name] if isinstance(fields, dict) and fields.get(name) else getattr(task, name, None)

    def _delegated_to(self, result: Any, task: Any, host: str) -> Optional[str]:
        other = self._field(result, task, "delegate_to")
        return str(other) if other and "{{" not in str(other) and str(other) != host else None

    # Kubespray loads every file by the same task, which no_log keeps to itself: which file it is only the include around it
    # says, by the item of its loop or by the entry of downloads that it names.
    @staticmethod
    def _include_item(task: Any) -> Optional[str]:
        for variables in _around(task):
            item = variables.get("item")
            if isinstance(item, dict) and isinstance(item.get("key"), str):
                return str(item["key"])
            named = DOWNLOAD.search(str(variables.get("download")))
            if named:
                return named.group(1)
        return None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._write("playbook_start", playbook=os.path.basename(playbook._file_name), partial=_is_partial() or None)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._write("play_start", play=play.get_name().strip())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._started[str(task._uuid)] = time.time()
        self._write(
            "task_start", task=task.get_name(), task_id=str(task._uuid), path=task.get_path(), role=self._role(task),
            action=task.action)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._started["%s/%s" % (host.get_name(), task._uuid)] = time.time()
        self._write("start", host=host.get_name(), task_id=str(task._uuid))

    def v2_runner_on_ok(self, result: Any) -> None:
        self._result(result, "changed" if self._data(result).get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._result(result, "failed", ignored=bool(ignore_errors))

    # The loop's own result says no more than that an item failed, or no longer has its items (ansible-core 2.22).
    def v2_runner_item_on_failed(self, result: Any) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        # Only the item knows to whom it was delegated where that is a template of the item.
        failure = self._failure(result, task, self._data(result))
        failure["delegated_to"] = self._delegated_to(result, task, host.get_name())
        self._failed_items.setdefault("%s/%s" % (host.get_name(), task._uuid), failure)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        task = getattr(result, "task", None) or result._task
        self._result(result, "unreachable", ignored=bool(getattr(task, "ignore_unreachable", False)))

    def v2_runner_retry(self, result: Any) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        self._write("retry", host=host.get_name(), task=task.get_name(), task_id=str(task._uuid))

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._write("no_hosts_matched")

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        self._write("no_hosts_remaining")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write("stats", hosts={host: stats.summarize(host) for host in sorted(stats.processed)})
