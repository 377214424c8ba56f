"""Every setting, read in one place: environment, then kaiga.toml, then the default.

`docs/settings.md` lists them; a test holds the two together.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, cast

from kaiga.domain.emulation.paces import Pace, read_pace
from kaiga.domain.errors import SettingInvalid
from kaiga.domain.fetch_rules import AllowedPlace, read_allowed_place
from kaiga.domain.keys import Role
from kaiga.domain.lifetimes import USUAL_RETRIES
from kaiga.domain.limits import LARGEST_LIMIT, Limits
from kaiga.domain.places import is_region

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PREFIX = "KAIGA_"
ADDRESS_FILE = "server.json"
"""In the data folder: where a running server tells its address to this machine's commands."""
_DAY = timedelta(days=1)
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_TABLES = ("engines", "models")
"""What kaiga.toml has as tables."""
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def _text(text: str) -> str:
    return text


def _optional_text(text: str) -> str | None:
    return text or None


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _optional_path(text: str) -> Path | None:
    return _path(text) if text else None


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return read


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) or not lowest <= int(text) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _limit(lowest: int) -> Callable[[str], int | None]:
    read = _whole(lowest, LARGEST_LIMIT)
    return lambda text: read(text) if text else None


def _seconds(lowest: float, highest: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not lowest <= number <= highest:
            raise ValueError(f"a number from {lowest:g} to {highest:g}")
        return number

    return read


def _switch(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError("true or false")
    return text.lower() in _TRUE


def _offset(text: str) -> timezone:
    written = _OFFSET.fullmatch(text)
    offset = timedelta(hours=int(written[2]), minutes=int(written[3])) if written else _DAY
    if not written or offset >= _DAY:
        raise ValueError("an offset from UTC such as +08:00")
    return timezone(-offset if written[1] == "-" else offset)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("addresses or networks with commas between, such as 10.0.0.0/8") from None


def _places(text: str) -> tuple[AllowedPlace, ...]:
    try:
        return tuple(read_allowed_place(part) for part in _listed(text))
    except ValueError:
        raise ValueError(
            "hosts, addresses or networks with commas between, such as minio:9000,10.0.0.0/8"
        ) from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _names(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read names and what each stands for: `one=this,other=this+that`."""
    names: dict[str, tuple[str, ...]] = {}
    for part in _listed(text):
        name, _, meant = (each.strip() for each in part.partition("="))
        models = tuple(each.strip() for each in meant.split("+"))
        if not name or not all(models):
            raise ValueError("names and models such as sora-2=wan2.6-t2v+wan2.6-i2v")
        names[name] = models
    return names


def _url(text: str) -> str | None:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.\-_:\[\]]+(/[^\s?#]*)?", text):
        raise ValueError("scheme and host, such as https://kaiga.example.com")
    return text or None


def _cluster(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Za-z0-9.\-_]+:[0-9]{1,5}", text):
        raise ValueError("host and port of a Ray cluster's head, such as 10.0.0.5:6379")
    return text or None


def _region(text: str) -> str:
    if not is_region(text):
        raise ValueError("lower-case letters, digits and -, such as cn-beijing")
    return text


_SHARED_STORES = ("postgresql://", "postgres://")


def _store(text: str) -> str:
    if text and not text.startswith(("sqlite:///", *_SHARED_STORES)):
        raise ValueError("sqlite:///absolute/file, or postgresql://user@host:port/database")
    return text


def _direct_store(text: str) -> str:
    if text and not text.startswith(_SHARED_STORES):
        raise ValueError("postgresql://user@host:port/database")
    return text


def _setting(
    read: Callable[[str], object], default: str, meaning: str, *otherwise: str
) -> Mapping[str, object]:
    """Describe a setting; `otherwise` are others' variables that count where it is unset."""
    return {"read": read, "default": default, "meaning": meaning, "otherwise": otherwise}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set, each with its default and its meaning."""

    host: str = field(metadata=_setting(_text, "127.0.0.1", "Address to listen on."))
    port: int = field(
        metadata=_setting(_whole(0, 65535), "8600", "Port to listen on; 0 takes a free one.")
    )
    data: Path = field(
        metadata=_setting(_path, "kaiga-data", "Folder for everything that is kept.")
    )
    store: str = field(
        metadata=_setting(_store, "", "Task store; unset, `sqlite:///` in the data folder.")
    )
    store_direct: str = field(
        metadata=_setting(
            _direct_store,
            "",
            "The same PostgreSQL without the pooler of transactions that KAIGA_STORE goes through.",
        )
    )
    objects: str = field(
        metadata=_setting(
            _text,
            "",
            "Object store: `file:///folder` or `s3://bucket/prefix`; unset, `file:///` in the "
            "data folder.",
        )
    )
    s3_endpoint: str | None = field(
        metadata=_setting(
            _url,
            "",
            "Scheme and host of the S3-compatible store, without the bucket; unset, "
            "`AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, and without those, Amazon's.",
            "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL",
        )
    )
    s3_region: str | None = field(
        metadata=_setting(
            _optional_text,
            "",
            "Its region; unset, `AWS_REGION` or `AWS_DEFAULT_REGION`, else `us-east-1`.",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        )
    )
    s3_virtual_hosts: bool = field(
        metadata=_setting(
            _switch,
            "false",
            "Whether the bucket is the first part of the store's host, as OSS wants it, and not of "
            "the path.",
            "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
        )
    )
    s3_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 600), "10", "How long the store may take for one sign of life."
        )
    )
    links: str = field(
        metadata=_setting(
            _one_of("kaiga", "presigned"),
            "kaiga",
            "What result links lead to: to this server (`kaiga`), or past it to the S3-compatible "
            "store, which signs them (`presigned`).",
        )
    )
    public_url: str | None = field(
        metadata=_setting(
            _url, "", "What links and upload forms begin with; unset, what the request came to."
        )
    )
    trusted_proxies: tuple[Network, ...] = field(
        metadata=_setting(
            _networks, "", "Networks whose `X-Forwarded-Proto` and `X-Forwarded-Host` count."
        )
    )
    api_key: str | None = field(
        metadata=_setting(_optional_text, "", "A key that must exist at start.")
    )
    api_key_role: str = field(
        metadata=_setting(_one_of(*Role), "user", "The role of `KAIGA_API_KEY`.")
    )
    workers: int = field(
        metadata=_setting(
            _whole(0, 64), "1", "Engine processes, started on first use; 0 serves the API only."
        )
    )
    ray_address: str | None = field(
        metadata=_setting(
            _cluster,
            "",
            "Ray cluster whose actors run the engines that compute, such as `10.0.0.5:6379`; "
            "unset, they run as processes on this machine.",
        )
    )
    region: str = field(
        metadata=_setting(
            _region, "cn-beijing", "The region of calls whose host names none; lists show it."
        )
    )
    catalogue: Path | None = field(
        metadata=_setting(_optional_path, "", "Folder with models of one's own, as `*.toml`.")
    )
    openai_models: Mapping[str, tuple[str, ...]] = field(
        metadata=_setting(
            _names,
            "",
            "What names of models below `/v1` stand for, such as `sora-2=wan2.6-t2v+wan2.6-i2v`; "
            "of several, the first that can do what is asked.",
        )
    )
    emulator: bool = field(
        metadata=_setting(
            _switch,
            "false",
            "Whether to be an emulator: every key is let in as an account of its own, and "
            "`/kaiga/v1/emulator/` controls clocks, paces and faults.",
        )
    )
    emulator_remote: bool = field(
        metadata=_setting(
            _switch, "false", "Whether an emulator may listen on other addresses than loopback."
        )
    )
    emulator_memory: bool = field(
        metadata=_setting(
            _switch,
            "false",
            "Whether an emulator keeps everything in memory, and nothing in the data folder.",
        )
    )
    emulator_max_accounts: int = field(
        metadata=_setting(
            _whole(1, 1_000_000),
            "10000",
            "How many keys an emulator lets in; past it, the account that was idle for longest is "
            "forgotten.",
        )
    )
    emulator_max_bytes: int = field(
        metadata=_setting(
            _whole(2**20, 2**50),
            str(2**30),
            "What an emulator keeps, results, requests and uploads in all; past it, the tasks that "
            "ended longest ago are forgotten.",
        )
    )
    emulator_seed: Path | None = field(
        metadata=_setting(
            _optional_path, "", "TOML or JSON file of keys and tasks that an emulator starts with."
        )
    )
    address_file: Path | None = field(
        metadata=_setting(
            _optional_path,
            "",
            "File that tells the address of a running server; unset, `server.json` in the data "
            "folder.",
        )
    )
    emulator_faults: Path | None = field(
        metadata=_setting(
            _optional_path, "", "File with a plan of faults that every account of an emulator has."
        )
    )
    emulator_pace: Pace = field(
        metadata=_setting(
            read_pace,
            "0",
            "Seconds that tasks of an emulator take: RUNNING, such as `8`, or PENDING and RUNNING, "
            "such as `2+8`; `2+8~0.25` is up to a quarter more or less; 0 is at once.",
        )
    )
    repeat_seconds: float = field(
        metadata=_setting(
            _seconds(0, 86400),
            "0",
            "How long the same create by the same key counts as a repeat of the first, "
            "which makes no second task; 0 never.",
        )
    )
    hold_polls_seconds: float = field(
        metadata=_setting(
            _seconds(0, 25),
            "0",
            "How long a query of an unfinished task is held for its end; 0 answers at once, but "
            "for those of tasks of an emulator that are due, which are held for 3.",
        )
    )
    sync_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 86400), "600", "How long a synchronous call waits for its task."
        )
    )
    retention_hours: float = field(
        metadata=_setting(
            _seconds(0.001, 87600), "24", "Hours for which an ended task and its results are kept."
        )
    )
    keep_days: int = field(
        metadata=_setting(
            _whole(0, 3650),
            "0",
            "Days from its end that a caller may have an ended task kept for; 0 offers none.",
        )
    )
    validate: str = field(
        metadata=_setting(
            _one_of("contract", "submit"),
            "contract",
            "Where a bad parameter shows: `contract`, in the task; `submit`, as a 400 at the POST.",
        )
    )
    time_zone: timezone = field(
        metadata=_setting(_offset, "+08:00", "Offset of the times in answers.")
    )
    max_body_bytes: int = field(
        metadata=_setting(_whole(1024, 2**40), str(64 * 1024 * 1024), "Largest request body.")
    )
    max_in_flight_bytes: int = field(
        metadata=_setting(
            _whole(1024, 2**40), str(512 * 1024 * 1024), "Request bodies held at once, in all."
        )
    )
    max_upload_bytes: int = field(
        metadata=_setting(
            _whole(2**20, 2**40), str(100 * 1024 * 1024), "Largest file of a temporary upload."
        )
    )
    tls_cert: Path | None = field(
        metadata=_setting(_optional_path, "", "Certificate chain, to serve HTTPS.")
    )
    tls_key: Path | None = field(
        metadata=_setting(_optional_path, "", "The certificate's private key.")
    )
    cors_origins: tuple[str, ...] = field(
        metadata=_setting(_listed, "", "Origins whose pages may call; `*` for all, unset for none.")
    )
    fetch_allow: tuple[AllowedPlace, ...] = field(
        metadata=_setting(
            _places,
            "",
            "Hosts, addresses and networks that inputs may be fetched from though they are not "
            "public; hosts and addresses may name a port.",
        )
    )
    fetch_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 3600), "60", "How long fetching one input may take, redirects included."
        )
    )
    limit_submissions_per_second: int | None = field(
        metadata=_setting(
            _limit(1),
            "",
            "Submissions in a second, per account and model; unset, any number.",
        )
    )
    limit_submissions_per_minute: int | None = field(
        metadata=_setting(
            _limit(1),
            "",
            "Submissions in a minute, per account and model; unset, any number.",
        )
    )
    limit_running_tasks: int | None = field(
        metadata=_setting(
            _limit(0),
            "",
            "Tasks that run at once, per account and model; unset, any number.",
        )
    )
    limit_queued_tasks: int | None = field(
        metadata=_setting(
            _limit(1),
            "",
            "Tasks that wait, per account and model; unset, any number.",
        )
    )
    limit_queries_per_second: int | None = field(
        metadata=_setting(
            _limit(1),
            "",
            "Task queries in a second, per account; unset, any number.",
        )
    )
    webhook_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 600), "15", "How long a webhook may take to answer that it was told."
        )
    )
    webhook_retry_seconds: float = field(
        metadata=_setting(
            _seconds(0.01, 3600),
            "5",
            "Pause before a webhook that took nothing is tried again; it doubles up to an hour.",
        )
    )
    ffmpeg: str | None = field(
        metadata=_setting(
            _optional_text, "", "The ffmpeg to run; unset, the packaged one, else the system's."
        )
    )
    label: bool = field(
        metadata=_setting(
            _switch,
            "true",
            "Whether results say in their metadata how they came about; no answer changes by it.",
        )
    )
    label_producer: str = field(
        metadata=_setting(
            _text, "", "Who answers for results: a name, or the code that an authority has given."
        )
    )
    c2pa_cert: Path | None = field(
        metadata=_setting(
            _optional_path, "", "Certificate chain, to sign results with C2PA manifests."
        )
    )
    c2pa_key: Path | None = field(
        metadata=_setting(
            _optional_path, "", "That certificate's private key, which nobody else may read."
        )
    )
    c2pa_timestamp_url: str | None = field(
        metadata=_setting(
            _url,
            "",
            "Authority that confirms when a signature was made, by RFC 3161; unset, none is asked.",
        )
    )
    sketch_seconds: float = field(
        metadata=_setting(
            _seconds(0, 3600), "0", "Seconds the sketch engine takes per task, in steps."
        )
    )
    rewriter: str = field(
        metadata=_setting(
            _one_of("rules", "off", "chat"),
            "rules",
            "What rewrites prompts: the embedded `rules`, a language model at an endpoint "
            "(`chat`), or nothing (`off`).",
        )
    )
    rewriter_url: str | None = field(
        metadata=_setting(
            _url,
            "",
            "Base URL of an OpenAI-shaped endpoint that rewrites prompts, such as "
            "`http://127.0.0.1:11434/v1`.",
        )
    )
    rewriter_model: str | None = field(
        metadata=_setting(_optional_text, "", "The language model that rewrites prompts.")
    )
    rewriter_key: str | None = field(
        metadata=_setting(_optional_text, "", "The key that this endpoint asks for.")
    )
    rewriter_key_file: Path | None = field(
        metadata=_setting(_optional_path, "", "File that holds this key instead.")
    )
    rewriter_timeout_seconds: float = field(
        metadata=_setting(_seconds(0.1, 600), "20", "How long rewriting one prompt may take.")
    )
    rewrite_failure: str = field(
        metadata=_setting(
            _one_of("original", "fail"),
            "original",
            "What becomes of a task whose prompt can't be rewritten: it goes on with the "
            "`original` prompt and says so, or it is FAILED with `RewriteFailed` (`fail`).",
        )
    )
    content_check: str = field(
        metadata=_setting(
            _one_of("off", "words", "moderation"),
            "off",
            "What judges orders and results: nothing (`off`), a list of `words`, or an "
            "endpoint for `moderation`.",
        )
    )
    content_check_words: Path | None = field(
        metadata=_setting(
            _optional_path, "", "File of terms that no text may have, one a line, in UTF-8."
        )
    )
    content_check_url: str | None = field(
        metadata=_setting(
            _url,
            "",
            "Base URL of an OpenAI-shaped endpoint for moderation, such as "
            "`https://api.openai.com/v1`.",
        )
    )
    content_check_model: str | None = field(
        metadata=_setting(
            _optional_text, "", "The moderation model; unset, what the endpoint takes by itself."
        )
    )
    content_check_key: str | None = field(
        metadata=_setting(_optional_text, "", "The key that this endpoint asks for.")
    )
    content_check_key_file: Path | None = field(
        metadata=_setting(_optional_path, "", "File that holds this key instead.")
    )
    content_check_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 600), "10", "How long judging one text or picture may take."
        )
    )
    content_check_pictures: bool = field(
        metadata=_setting(
            _switch,
            "false",
            "Whether the endpoint for moderation also judges the pictures and clips of orders and "
            "results, each by one small picture.",
        )
    )
    content_check_failure: str = field(
        metadata=_setting(
            _one_of("pass", "refuse", "wait"),
            "wait",
            "What becomes of what could not be judged: it may `pass`, the task is FAILED "
            "(`refuse`), or the task waits and is tried again (`wait`).",
        )
    )
    lease_seconds: float = field(
        metadata=_setting(
            _seconds(0.5, 3600), "30", "How long a worker holds a task without a sign of life."
        )
    )
    task_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 86400 * 30), "10800", "How long a task may run before it fails."
        )
    )
    step_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 86400),
            "600",
            "How long an engine may tell nothing, loading included, before it is killed as hung.",
        )
    )
    retries: int = field(
        metadata=_setting(
            _whole(0, 1000),
            str(USUAL_RETRIES),
            "How often a task is tried again after engines that crashed on it, after engines that "
            "hung, and after lost workers, each counted by itself.",
        )
    )
    queue_timeout_seconds: float = field(
        metadata=_setting(
            _seconds(0, 86400 * 30), "0", "How long a task may wait before it fails; 0 for ever."
        )
    )
    cancel_grace_seconds: float = field(
        metadata=_setting(
            _seconds(0, 3600),
            "10",
            "How long an engine may take to its next step once its task is canceled, before it is "
            "killed.",
        )
    )
    grace_seconds: float = field(
        metadata=_setting(
            _seconds(0, 3600), "5", "How long running work may go on once the server is stopped."
        )
    )
    housekeeping_seconds: float = field(
        metadata=_setting(_seconds(0.1, 86400), "60", "Pause between purges of what has expired.")
    )
    sweep_seconds: float = field(
        metadata=_setting(
            _seconds(0.1, 86400 * 7),
            "3600",
            "Pause between searches for objects that nothing names.",
        )
    )
    sweep_margin_seconds: float = field(
        metadata=_setting(
            _seconds(0, 86400), "300", "Age past a lease at which such an object is removed."
        )
    )
    log_level: str = field(
        metadata=_setting(
            _one_of("debug", "info", "warning", "error"), "info", "Least level that is logged."
        )
    )
    log_json: bool = field(metadata=_setting(_switch, "false", "Log JSON lines, for machines."))
    otel_endpoint: str | None = field(
        metadata=_setting(
            _url,
            "",
            "Where traces go, by OTLP over HTTP, such as `http://127.0.0.1:4318`; unset, "
            "`OTEL_EXPORTER_OTLP_ENDPOINT`, and where that is unset too, nothing is traced.",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        )
    )

    tables: Mapping[str, object] = field(default_factory=dict[str, object])
    """The tables of kaiga.toml, `engines` and `models`: no environment variable sets those."""

    @property
    def is_shared(self) -> bool:
        """Whether the task store may be other nodes' as well."""
        return self.store.startswith(_SHARED_STORES)

    @property
    def has_store(self) -> bool:
        """Whether there is something to open; what nodes share is taken to be there."""
        return self.is_shared or self.database_path.exists()

    @property
    def database_path(self) -> Path:
        """The SQLite file; where the store is none, it is not there."""
        if self.store and not self.is_shared:
            return Path(self.store.removeprefix("sqlite://"))
        return self.data / "kaiga.db"

    @property
    def limits(self) -> Limits:
        """What holds where no rule says anything else."""
        return Limits(
            submissions_per_second=self.limit_submissions_per_second,
            submissions_per_minute=self.limit_submissions_per_minute,
            running_tasks=self.limit_running_tasks,
            queued_tasks=self.limit_queued_tasks,
            queries_per_second=self.limit_queries_per_second,
        )

    @property
    def objects_address(self) -> str:
        """The object store's address."""
        return self.objects or (self.data / "objects").as_uri()


def read_settings(
    environment: Mapping[str, str] = os.environ, file: Path | None = None
) -> Settings:
    """Read every setting.

    `file` is `KAIGA_CONFIG`, else `kaiga.toml` in the working folder, where it exists.

    Raises:
        SettingInvalid: a value is not allowed, or a name is not known; the message names it.
    """
    written = _read_file(file or _find_file(environment))
    tables = {name: written.pop(name) for name in _TABLES if name in written}
    settings = _list_fields()
    unknown = sorted(set(written) - {setting.name for setting in settings})
    if unknown:
        raise SettingInvalid(f"kaiga.toml names settings that do not exist: {', '.join(unknown)}.")
    values: dict[str, object] = {"tables": tables}
    for setting in settings:
        variable = _variable(setting.name)
        text = environment.get(variable)
        source = variable
        if text is None and setting.name in written:
            text, source = _as_text(written[setting.name]), f"{setting.name} in kaiga.toml"
        for otherwise in setting.metadata["otherwise"]:
            if text is None and environment.get(otherwise):
                text, source = environment[otherwise], otherwise
        if text is None:
            text = cast("str", setting.metadata["default"])
        read = cast("Callable[[str], object]", setting.metadata["read"])
        try:
            values[setting.name] = read(text.strip())
        except ValueError as error:
            raise SettingInvalid(f"{source}={text} is not allowed. Allowed: {error}.") from None
    return _check_together(Settings(**cast("dict[str, Any]", values)))


def list_settings() -> list[tuple[str, str, str]]:
    """Give every setting as (variable, default, meaning), for the documents."""
    return [
        (_variable(setting.name), setting.metadata["default"], setting.metadata["meaning"])
        for setting in _list_fields()
    ]


def _list_fields() -> Sequence[Field[Any]]:
    """Give the fields that are settings."""
    return [each for each in fields(Settings) if each.metadata]


def _find_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("KAIGA_CONFIG")
    if named:
        if not Path(named).is_file():
            raise SettingInvalid(f"KAIGA_CONFIG={named} is not a file.")
        return Path(named)
    return Path("kaiga.toml") if Path("kaiga.toml").is_file() else None


def _read_file(file: Path | None) -> dict[str, object]:
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingInvalid(f"{file} can't be read: {error}.") from error
    return dict(_list_written(content))


def _list_written(content: Mapping[str, object], table: str = "") -> Iterator[tuple[str, object]]:
    """Give what a file sets, by name: a table's settings have its name before their own."""
    known = {*_TABLES, *(setting.name for setting in fields(Settings))}
    for name, value in content.items():
        full_name = f"{table}{name}"
        if full_name in known or not isinstance(value, dict):
            yield full_name, value
        else:
            yield from _list_written(cast("dict[str, object]", value), f"{full_name}_")


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(
            f"{name}={_as_text(each).replace(',', '+')}"
            for name, each in cast("dict[str, object]", value).items()
        )
    if isinstance(value, list):
        return ",".join(str(part) for part in cast("list[object]", value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_together(settings: Settings) -> Settings:
    _check_emulator(settings)
    _check_links(settings)
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingInvalid("KAIGA_TLS_CERT and KAIGA_TLS_KEY are needed together.")
    _check_signing(settings)
    _check_endpoints(settings)
    if settings.max_in_flight_bytes < settings.max_body_bytes:
        raise SettingInvalid(
            "KAIGA_MAX_IN_FLIGHT_BYTES must be at least KAIGA_MAX_BODY_BYTES, "
            f"which is {settings.max_body_bytes}."
        )
    return settings


def _check_links(settings: Settings) -> None:
    if settings.links != "presigned":
        return
    if settings.emulator:
        raise SettingInvalid(
            "KAIGA_LINKS=presigned can't be with KAIGA_EMULATOR, whose results are drawn when "
            "they are fetched. Allowed: kaiga."
        )
    if not settings.objects.startswith("s3://"):
        raise SettingInvalid("KAIGA_LINKS=presigned needs KAIGA_OBJECTS=s3://bucket/prefix.")


def _check_signing(settings: Settings) -> None:
    if (settings.c2pa_cert is None) != (settings.c2pa_key is None):
        raise SettingInvalid("KAIGA_C2PA_CERT and KAIGA_C2PA_KEY are needed together.")
    if settings.c2pa_timestamp_url and settings.c2pa_cert is None:
        raise SettingInvalid("KAIGA_C2PA_TIMESTAMP_URL needs KAIGA_C2PA_CERT and KAIGA_C2PA_KEY.")


def _check_endpoints(settings: Settings) -> None:
    """See that what is to be asked or read is named."""
    needs = {
        ("rewriter", "chat"): ("rewriter_url", "rewriter_model"),
        ("content_check", "words"): ("content_check_words",),
        ("content_check", "moderation"): ("content_check_url",),
    }
    for (name, value), needed in needs.items():
        missing = [each for each in needed if not getattr(settings, each)]
        if getattr(settings, name) == value and missing:
            raise SettingInvalid(f"{_variable(name)}={value} needs {_variable(missing[0])}.")
    for name in ("rewriter_key", "content_check_key"):
        if getattr(settings, name) and getattr(settings, f"{name}_file"):
            raise SettingInvalid(
                f"{_variable(name)} and {_variable(name)}_FILE exclude each other."
            )


def _variable(name: str) -> str:
    return _PREFIX + name.upper()


def _check_emulator(settings: Settings) -> None:
    if settings.emulator and not settings.emulator_remote and not _is_loopback(settings.host):
        raise SettingInvalid(
            f"An emulator lets every key in, so KAIGA_HOST={settings.host} needs "
            "KAIGA_EMULATOR_REMOTE=true beside KAIGA_EMULATOR=true."
        )
    if not settings.emulator:
        for name in ("emulator_memory", "emulator_seed"):
            if getattr(settings, name):
                raise SettingInvalid(f"{_variable(name)} needs KAIGA_EMULATOR=true.")
    if settings.emulator and settings.ray_address:
        raise SettingInvalid("An emulator draws on this machine: leave KAIGA_RAY_ADDRESS unset.")
    if settings.emulator_memory and (settings.store or settings.objects):
        raise SettingInvalid(
            "KAIGA_EMULATOR_MEMORY keeps everything in memory: leave KAIGA_STORE and "
            "KAIGA_OBJECTS unset."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
