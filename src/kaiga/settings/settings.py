"""What can be set: each with its reader, its default and its meaning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from pathlib import Path

from kaiga.domain.emulation.paces import Pace, read_pace
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.keys import Role
from kaiga.domain.lifetimes import USUAL_RETRIES
from kaiga.domain.limits import Limits
from kaiga.settings import readers
from kaiga.settings.readers import Network

_PREFIX = "KAIGA_"
ADDRESS_FILE = "server.json"
"""In the data folder: where a running server tells its address to this machine's commands."""


def name_variable(name: str) -> str:
    """Give the environment's variable of a setting."""
    return _PREFIX + name.upper()


def _setting(
    read: Callable[[str], object], default: str, meaning: str, *otherwise: str
) -> Mapping[str, object]:
    """Describe a setting; `otherwise` are others' variables that count where it is unset."""
    return {"read": read, "default": default, "meaning": meaning, "otherwise": otherwise}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set, each with its default and its meaning."""

    host: str = field(metadata=_setting(readers.text, "127.0.0.1", "Address to listen on."))
    port: int = field(
        metadata=_setting(readers.whole(0, 65535), "8600", "Port to listen on; 0 takes a free one.")
    )
    data: Path = field(
        metadata=_setting(readers.path, "kaiga-data", "Folder for everything that is kept.")
    )
    store: str = field(
        metadata=_setting(readers.store, "", "Task store; unset, `sqlite:///` in the data folder.")
    )
    store_direct: str = field(
        metadata=_setting(
            readers.direct_store,
            "",
            "The same PostgreSQL without the pooler of transactions that KAIGA_STORE goes through.",
        )
    )
    objects: str = field(
        metadata=_setting(
            readers.text,
            "",
            "Object store: `file:///folder` or `s3://bucket/prefix`; unset, `file:///` in the "
            "data folder.",
        )
    )
    s3_endpoint: str | None = field(
        metadata=_setting(
            readers.url,
            "",
            "Scheme and host of the S3-compatible store, without the bucket; unset, "
            "`AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, and without those, Amazon's.",
            "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL",
        )
    )
    s3_region: str | None = field(
        metadata=_setting(
            readers.optional_text,
            "",
            "Its region; unset, `AWS_REGION` or `AWS_DEFAULT_REGION`, else `us-east-1`.",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        )
    )
    s3_virtual_hosts: bool = field(
        metadata=_setting(
            readers.switch,
            "false",
            "Whether the bucket is the first part of the store's host, as OSS wants it, and not of "
            "the path.",
            "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
        )
    )
    s3_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 600), "10", "How long the store may take for one sign of life."
        )
    )
    links: str = field(
        metadata=_setting(
            readers.one_of("kaiga", "presigned"),
            "kaiga",
            "What result links lead to: to this server (`kaiga`), or past it to the S3-compatible "
            "store, which signs them (`presigned`).",
        )
    )
    public_url: str | None = field(
        metadata=_setting(
            readers.url,
            "",
            "What links and upload forms begin with; unset, what the request came to.",
        )
    )
    trusted_proxies: tuple[Network, ...] = field(
        metadata=_setting(
            readers.networks, "", "Networks whose `X-Forwarded-Proto` and `X-Forwarded-Host` count."
        )
    )
    api_key: str | None = field(
        metadata=_setting(readers.optional_text, "", "A key that must exist at start.")
    )
    api_key_role: str = field(
        metadata=_setting(readers.one_of(*Role), "user", "The role of `KAIGA_API_KEY`.")
    )
    workers: int = field(
        metadata=_setting(
            readers.whole(0, 64),
            "1",
            "Engine processes, started on first use; 0 serves the API only.",
        )
    )
    ray_address: str | None = field(
        metadata=_setting(
            readers.cluster,
            "",
            "Ray cluster whose actors run the engines that compute, such as `10.0.0.5:6379`; "
            "unset, they run as processes on this machine.",
        )
    )
    region: str = field(
        metadata=_setting(
            readers.region,
            "cn-beijing",
            "The region of calls whose host names none; lists show it.",
        )
    )
    catalogue: Path | None = field(
        metadata=_setting(
            readers.optional_path, "", "Folder with models of one's own, as `*.toml`."
        )
    )
    openai_models: Mapping[str, tuple[str, ...]] = field(
        metadata=_setting(
            readers.names,
            "",
            "What names of models below `/v1` stand for, such as `sora-2=wan2.6-t2v+wan2.6-i2v`; "
            "of several, the first that can do what is asked.",
        )
    )
    emulator: bool = field(
        metadata=_setting(
            readers.switch,
            "false",
            "Whether to be an emulator: every key is let in as an account of its own, and "
            "`/kaiga/v1/emulator/` controls clocks, paces and faults.",
        )
    )
    emulator_remote: bool = field(
        metadata=_setting(
            readers.switch,
            "false",
            "Whether an emulator may listen on other addresses than loopback.",
        )
    )
    emulator_memory: bool = field(
        metadata=_setting(
            readers.switch,
            "false",
            "Whether an emulator keeps everything in memory, and nothing in the data folder.",
        )
    )
    emulator_max_accounts: int = field(
        metadata=_setting(
            readers.whole(1, 1_000_000),
            "10000",
            "How many keys an emulator lets in; past it, the account that was idle for longest is "
            "forgotten.",
        )
    )
    emulator_max_bytes: int = field(
        metadata=_setting(
            readers.whole(2**20, 2**50),
            str(2**30),
            "What an emulator keeps, results, requests and uploads in all; past it, the tasks that "
            "ended longest ago are forgotten.",
        )
    )
    emulator_seed: Path | None = field(
        metadata=_setting(
            readers.optional_path,
            "",
            "TOML or JSON file of keys and tasks that an emulator starts with.",
        )
    )
    address_file: Path | None = field(
        metadata=_setting(
            readers.optional_path,
            "",
            "File that tells the address of a running server; unset, `server.json` in the data "
            "folder.",
        )
    )
    emulator_faults: Path | None = field(
        metadata=_setting(
            readers.optional_path,
            "",
            "File with a plan of faults that every account of an emulator has.",
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
            readers.seconds(0, 86400),
            "0",
            "How long the same create by the same key counts as a repeat of the first, "
            "which makes no second task; 0 never.",
        )
    )
    hold_polls_seconds: float = field(
        metadata=_setting(
            readers.seconds(0, 25),
            "0",
            "How long a query of an unfinished task is held for its end; 0 answers at once, but "
            "for those of tasks of an emulator that are due, which are held for 3.",
        )
    )
    sync_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 86400), "600", "How long a synchronous call waits for its task."
        )
    )
    retention_hours: float = field(
        metadata=_setting(
            readers.seconds(0.001, 87600),
            "24",
            "Hours for which an ended task and its results are kept.",
        )
    )
    keep_days: int = field(
        metadata=_setting(
            readers.whole(0, 3650),
            "0",
            "Days from its end that a caller may have an ended task kept for; 0 offers none.",
        )
    )
    validate: str = field(
        metadata=_setting(
            readers.one_of("contract", "submit"),
            "contract",
            "Where a bad parameter shows: `contract`, in the task; `submit`, as a 400 at the POST.",
        )
    )
    time_zone: timezone = field(
        metadata=_setting(readers.offset, "+08:00", "Offset of the times in answers.")
    )
    max_body_bytes: int = field(
        metadata=_setting(
            readers.whole(1024, 2**40), str(64 * 1024 * 1024), "Largest request body."
        )
    )
    max_in_flight_bytes: int = field(
        metadata=_setting(
            readers.whole(1024, 2**40),
            str(512 * 1024 * 1024),
            "Request bodies held at once, in all.",
        )
    )
    max_upload_bytes: int = field(
        metadata=_setting(
            readers.whole(2**20, 2**40),
            str(100 * 1024 * 1024),
            "Largest file of a temporary upload.",
        )
    )
    tls_cert: Path | None = field(
        metadata=_setting(readers.optional_path, "", "Certificate chain, to serve HTTPS.")
    )
    tls_key: Path | None = field(
        metadata=_setting(readers.optional_path, "", "The certificate's private key.")
    )
    cors_origins: tuple[str, ...] = field(
        metadata=_setting(
            readers.listed, "", "Origins whose pages may call; `*` for all, unset for none."
        )
    )
    fetch_allow: tuple[AllowedPlace, ...] = field(
        metadata=_setting(
            readers.places,
            "",
            "Hosts, addresses and networks that inputs may be fetched from though they are not "
            "public; hosts and addresses may name a port.",
        )
    )
    fetch_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 3600),
            "60",
            "How long fetching one input may take, redirects included.",
        )
    )
    limit_submissions_per_second: int | None = field(
        metadata=_setting(
            readers.limit(1),
            "",
            "Submissions in a second, per account and model; unset, any number.",
        )
    )
    limit_submissions_per_minute: int | None = field(
        metadata=_setting(
            readers.limit(1),
            "",
            "Submissions in a minute, per account and model; unset, any number.",
        )
    )
    limit_running_tasks: int | None = field(
        metadata=_setting(
            readers.limit(0),
            "",
            "Tasks that run at once, per account and model; unset, any number.",
        )
    )
    limit_queued_tasks: int | None = field(
        metadata=_setting(
            readers.limit(1),
            "",
            "Tasks that wait, per account and model; unset, any number.",
        )
    )
    limit_queries_per_second: int | None = field(
        metadata=_setting(
            readers.limit(1),
            "",
            "Task queries in a second, per account; unset, any number.",
        )
    )
    webhook_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 600),
            "15",
            "How long a webhook may take to answer that it was told.",
        )
    )
    webhook_retry_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.01, 3600),
            "5",
            "Pause before a webhook that took nothing is tried again; it doubles up to an hour.",
        )
    )
    ffmpeg: str | None = field(
        metadata=_setting(
            readers.optional_text,
            "",
            "The ffmpeg to run; unset, the packaged one, else the system's.",
        )
    )
    label: bool = field(
        metadata=_setting(
            readers.switch,
            "true",
            "Whether results say in their metadata how they came about; no answer changes by it.",
        )
    )
    label_producer: str = field(
        metadata=_setting(
            readers.text,
            "",
            "Who answers for results: a name, or the code that an authority has given.",
        )
    )
    c2pa_cert: Path | None = field(
        metadata=_setting(
            readers.optional_path, "", "Certificate chain, to sign results with C2PA manifests."
        )
    )
    c2pa_key: Path | None = field(
        metadata=_setting(
            readers.optional_path, "", "That certificate's private key, which nobody else may read."
        )
    )
    c2pa_timestamp_url: str | None = field(
        metadata=_setting(
            readers.url,
            "",
            "Authority that confirms when a signature was made, by RFC 3161; unset, none is asked.",
        )
    )
    sketch_seconds: float = field(
        metadata=_setting(
            readers.seconds(0, 3600), "0", "Seconds the sketch engine takes per task, in steps."
        )
    )
    rewriter: str = field(
        metadata=_setting(
            readers.one_of("rules", "off", "chat"),
            "rules",
            "What rewrites prompts: the embedded `rules`, a language model at an endpoint "
            "(`chat`), or nothing (`off`).",
        )
    )
    rewriter_url: str | None = field(
        metadata=_setting(
            readers.url,
            "",
            "Base URL of an OpenAI-shaped endpoint that rewrites prompts, such as "
            "`http://127.0.0.1:11434/v1`.",
        )
    )
    rewriter_model: str | None = field(
        metadata=_setting(readers.optional_text, "", "The language model that rewrites prompts.")
    )
    rewriter_key: str | None = field(
        metadata=_setting(readers.optional_text, "", "The key that this endpoint asks for.")
    )
    rewriter_key_file: Path | None = field(
        metadata=_setting(readers.optional_path, "", "File that holds this key instead.")
    )
    rewriter_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 600), "20", "How long rewriting one prompt may take."
        )
    )
    rewrite_failure: str = field(
        metadata=_setting(
            readers.one_of("original", "fail"),
            "original",
            "What becomes of a task whose prompt can't be rewritten: it goes on with the "
            "`original` prompt and says so, or it is FAILED with `RewriteFailed` (`fail`).",
        )
    )
    content_check: str = field(
        metadata=_setting(
            readers.one_of("off", "words", "moderation"),
            "off",
            "What judges orders and results: nothing (`off`), a list of `words`, or an "
            "endpoint for `moderation`.",
        )
    )
    content_check_words: Path | None = field(
        metadata=_setting(
            readers.optional_path, "", "File of terms that no text may have, one a line, in UTF-8."
        )
    )
    content_check_url: str | None = field(
        metadata=_setting(
            readers.url,
            "",
            "Base URL of an OpenAI-shaped endpoint for moderation, such as "
            "`https://api.openai.com/v1`.",
        )
    )
    content_check_model: str | None = field(
        metadata=_setting(
            readers.optional_text,
            "",
            "The moderation model; unset, what the endpoint takes by itself.",
        )
    )
    content_check_key: str | None = field(
        metadata=_setting(readers.optional_text, "", "The key that this endpoint asks for.")
    )
    content_check_key_file: Path | None = field(
        metadata=_setting(readers.optional_path, "", "File that holds this key instead.")
    )
    content_check_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 600), "10", "How long judging one text or picture may take."
        )
    )
    content_check_pictures: bool = field(
        metadata=_setting(
            readers.switch,
            "false",
            "Whether the endpoint for moderation also judges the pictures and clips of orders and "
            "results, each by one small picture.",
        )
    )
    content_check_failure: str = field(
        metadata=_setting(
            readers.one_of("pass", "refuse", "wait"),
            "wait",
            "What becomes of what could not be judged: it may `pass`, the task is FAILED "
            "(`refuse`), or the task waits and is tried again (`wait`).",
        )
    )
    lease_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.5, 3600),
            "30",
            "How long a worker holds a task without a sign of life.",
        )
    )
    task_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 86400 * 30), "10800", "How long a task may run before it fails."
        )
    )
    step_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 86400),
            "600",
            "How long an engine may tell nothing, loading included, before it is killed as hung.",
        )
    )
    retries: int = field(
        metadata=_setting(
            readers.whole(0, 1000),
            str(USUAL_RETRIES),
            "How often a task is tried again after engines that crashed on it, after engines that "
            "hung, and after lost workers, each counted by itself.",
        )
    )
    queue_timeout_seconds: float = field(
        metadata=_setting(
            readers.seconds(0, 86400 * 30),
            "0",
            "How long a task may wait before it fails; 0 for ever.",
        )
    )
    cancel_grace_seconds: float = field(
        metadata=_setting(
            readers.seconds(0, 3600),
            "10",
            "How long an engine may take to its next step once its task is canceled, before it is "
            "killed.",
        )
    )
    grace_seconds: float = field(
        metadata=_setting(
            readers.seconds(0, 3600),
            "5",
            "How long running work may go on once the server is stopped.",
        )
    )
    housekeeping_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 86400), "60", "Pause between purges of what has expired."
        )
    )
    sweep_seconds: float = field(
        metadata=_setting(
            readers.seconds(0.1, 86400 * 7),
            "3600",
            "Pause between searches for objects that nothing names.",
        )
    )
    sweep_margin_seconds: float = field(
        metadata=_setting(
            readers.seconds(0, 86400), "300", "Age past a lease at which such an object is removed."
        )
    )
    log_level: str = field(
        metadata=_setting(
            readers.one_of("debug", "info", "warning", "error"),
            "info",
            "Least level that is logged.",
        )
    )
    log_json: bool = field(
        metadata=_setting(readers.switch, "false", "Log JSON lines, for machines.")
    )
    otel_endpoint: str | None = field(
        metadata=_setting(
            readers.url,
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
        return self.store.startswith(readers.SHARED_STORES)

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
