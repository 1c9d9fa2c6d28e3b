"""Looks from a node at a file that it was to download, and says in a JSON object what it found. Reads only.

The file, its server and the limits stand in the environment variable KUBELAB_LOOK. Python 2.7, and 3.4 and newer; standard library only.
"""

import hashlib
import json
import os
import socket
import ssl
import threading
import time

try:
    from urllib.error import HTTPError
    from urllib.parse import urlsplit
    from urllib.request import HTTPSHandler, Request, build_opener, getproxies, proxy_bypass
except ImportError:
    from urllib import getproxies, proxy_bypass
    from urllib2 import HTTPError, HTTPSHandler, Request, build_opener
    from urlparse import urlsplit

LOOK = json.loads(os.environ.pop("KUBELAB_LOOK"))
END = time.time() + LOOK["seconds"]
FOUND = {}


def left(most):
    """How long a step may take."""
    return max(0.1, min(most, END - time.time()))


def digest_of(source):
    """The checksum of all that a file or a server gives, and how much that is; no checksum where the time does not suffice."""
    digest = hashlib.new(LOOK["algorithm"])
    size = 0
    while time.time() < END:
        part = source.read(1 << 18)
        if not part:
            return digest.hexdigest(), size
        digest.update(part)
        size += len(part)
    return None, size


def look_at_disk():
    """What lies at the destination, and whether more would fit there."""
    folder = os.path.dirname(LOOK["dest"])
    while not os.path.isdir(folder) and folder != "/":
        folder = os.path.dirname(folder)
    room = os.statvfs(folder)
    FOUND["folder"] = folder
    FOUND["free"] = room.f_bavail * room.f_frsize
    FOUND["inodes"] = room.f_favail if room.f_files else None
    FOUND["writable"] = os.access(folder, os.W_OK)
    if os.path.isfile(LOOK["dest"]):
        FOUND["size"] = os.path.getsize(LOOK["dest"])
        with open(LOOK["dest"], "rb") as there:
            FOUND["digest"] = digest_of(there)[0]


def resolve(name, port):
    """The addresses of a name. A name server that is silent keeps the system's resolver longer than anybody waits."""
    answer = {}

    def ask():
        try:
            answer["found"] = socket.getaddrinfo(name, port, 0, socket.SOCK_STREAM)
        except (socket.error, UnicodeError) as problem:
            answer["problem"] = str(problem)

    asking = threading.Thread(target=ask)
    asking.daemon = True
    asking.start()
    asking.join(left(4))
    if "found" not in answer:
        raise IOError("<urlopen error %s>" % answer.get("problem", "[Errno -3] Temporary failure in name resolution"))
    return sorted(set(each[4][0] for each in answer["found"]))


def opener():
    """What get_url opens addresses with."""
    context = ssl.create_default_context()
    if not LOOK["validate"]:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return build_opener(HTTPSHandler(context=context))


def ask(method):
    """Asks the server for the file."""
    request = Request(LOOK["url"], headers={"User-Agent": "ansible-httpget"})
    request.get_method = lambda: method
    try:
        return opener().open(request, timeout=left(5))
    except HTTPError as refused:
        FOUND["status"] = refused.code
        FOUND["reason"] = str(refused.reason if hasattr(refused, "reason") else refused.msg)
        return None


def look_at_server():
    """Whether the name resolves, the port opens, and the server has the file."""
    url = urlsplit(LOOK["url"])
    os.environ.update(LOOK["proxies"])
    proxy = None if proxy_bypass(url.hostname) else getproxies().get(url.scheme)
    through = urlsplit(proxy if "://" in proxy else "http://" + proxy) if proxy else url
    port = through.port or (443 if through.scheme == "https" else 80)
    FOUND["proxy"] = "%s:%s" % (through.hostname, port) if proxy else None
    FOUND["server"] = "%s:%s" % (through.hostname, port)
    FOUND["addresses"] = resolve(through.hostname, port)
    socket.create_connection((through.hostname, port), timeout=left(3)).close()
    FOUND["opens"] = True
    answer = ask("HEAD")
    # Servers of objects and some mirrors don't take a HEAD.
    if answer is None and FOUND["status"] in (400, 403, 405, 501):
        answer = ask("GET")
    if answer is None:
        return
    FOUND["status"] = answer.getcode()
    FOUND["type"] = answer.headers.get("Content-Type")
    length = answer.headers.get("Content-Length")
    FOUND["length"] = int(length) if length and length.isdigit() else None
    answer.close()
    if LOOK["digest"] and FOUND.get("digest") != LOOK["digest"]:
        served = ask("GET")
        if served is not None:
            FOUND["served"], FOUND["received"] = digest_of(served)


try:
    look_at_disk()
except (OSError, IOError, ValueError) as failed:
    FOUND["disk"] = str(failed)
try:
    look_at_server()
except socket.timeout:
    FOUND["error"] = "<urlopen error timed out>"
except Exception as failed:  # pylint: disable=broad-except  # What is no HTTP, or none that ends, raises what is no OSError.
    said = str(failed) or type(failed).__name__
    FOUND["error"] = said if said.startswith("<urlopen") else "<urlopen error %s>" % said
print(json.dumps(FOUND))
