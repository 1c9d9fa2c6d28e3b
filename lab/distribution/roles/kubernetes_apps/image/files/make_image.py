#!/usr/bin/env python3
"""Makes the container image of the cluster's own services and writes it to standard output.

    make_image.py MIRROR NAME

MIRROR is the node's mirror: its busybox image is the base, and dnsmasq and jq come from its Debian packages, which are
unpacked and not installed. Libraries that the mirror has no package of are this node's own. The tar is in the format of
`docker save` (manifest.json, a config, a layer), which `ctr images import` reads.
"""

import glob
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

PACKAGES = ["dnsmasq-base", "libnftables1", "libjansson4", "jq", "libjq1", "libonig5"]
PROGRAMS = ["usr/sbin/dnsmasq", "usr/bin/jq"]


def unpack_base(mirror: str, root: str) -> dict[str, object]:
    """Unpacks the layers of the busybox image and returns its config."""
    with tarfile.open(f"{mirror}/images/busybox.tar") as image:
        members = {member.name.removeprefix("./"): member for member in image.getmembers()}

        def read(name: str) -> bytes:
            content = image.extractfile(members[name])
            if content is None:
                raise ValueError(f"{name} of busybox.tar is no file")
            return content.read()

        manifest = json.loads(read("manifest.json"))[0]
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=io.BytesIO(read(layer))) as files:
                files.extractall(root)
        config: dict[str, object] = json.loads(read(manifest["Config"]))
        return config


def unpack_packages(mirror: str, root: str) -> None:
    """Unpacks Debian packages of the mirror."""
    for package in PACKAGES:
        files = glob.glob(f"{mirror}/apt/{package}_*.deb")
        if len(files) != 1:
            raise FileNotFoundError(f"{mirror}/apt has {len(files)} packages {package}, and one is needed")
        # Through a tar, which --extract would not be: links of the base (a merged /usr) stay links.
        archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", files[0]], check=True, stdout=subprocess.PIPE).stdout
        subprocess.run(
            ["tar", "--extract", f"--directory={root}", "--keep-directory-symlink", "--exclude=./usr/share"],
            check=True, input=archive)


def copy_libraries(root: str) -> None:
    """Copies what the programs are linked with and the image still lacks from this node."""
    own = ":".join(glob.glob(f"{root}/usr/lib/*-linux-gnu"))
    for program in PROGRAMS:
        linked = subprocess.run(
            ["ldd", f"{root}/{program}"], check=True, text=True, stdout=subprocess.PIPE, env={**os.environ, "LD_LIBRARY_PATH": own}).stdout
        if "not found" in linked:
            raise FileNotFoundError(f"{program} lacks libraries:\n{linked}")
        for library in re.findall(r"(/\S+)", linked):
            target = f"{root}{library}"
            if library.startswith(root) or os.path.exists(target):
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(library, "rb") as source, open(target, "wb") as copy:
                copy.write(source.read())
            os.chmod(target, 0o755)


def pack_layer(root: str) -> bytes:
    """The image's files as one tar; the same files give the same bytes."""
    return subprocess.run(
        ["tar", "--create", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", f"--directory={root}", "."],
        check=True, stdout=subprocess.PIPE).stdout


def write_image(name: str, config: dict[str, object], layer: bytes, output: io.BufferedIOBase) -> None:
    """Writes the image."""
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    described = {
        **config,
        "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": [digest]},
        "history": [{"created": "1970-01-01T00:00:00Z"}],
    }
    text = json.dumps(described).encode()
    config_name = f"{hashlib.sha256(text).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(fileobj=output, mode="w|") as image:
        for file, content in (("layer.tar", layer), (config_name, text), ("manifest.json", manifest)):
            entry = tarfile.TarInfo(file)
            entry.size = len(content)
            image.addfile(entry, io.BytesIO(content))


def main() -> None:
    """Makes the image."""
    mirror, name = sys.argv[1:]
    with tempfile.TemporaryDirectory() as root:
        config = unpack_base(mirror, root)
        unpack_packages(mirror, root)
        copy_libraries(root)
        write_image(name, config, pack_layer(root), sys.stdout.buffer)


if __name__ == "__main__":
    main()
