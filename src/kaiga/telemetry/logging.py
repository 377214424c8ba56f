"""Sets logging up once per process, structlog's and the libraries'; all goes to standard error."""

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import Processor

from kaiga.telemetry.recent_lines import keep_line
from kaiga.telemetry.silence import hide_secrets


def configure_logging(level: str, *, as_json: bool) -> None:
    """Log events of `level` (a name of Python's logging) and above, and libraries' warnings."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    preparing: Sequence[Processor] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # plain, and before secrets are hidden: a traceback with variables would show prompts
        structlog.processors.format_exc_info,
        hide_secrets,
        keep_line,
    )
    structlog.configure(
        processors=[*preparing, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(preparing, renderer)


def _configure_libraries(preparing: Sequence[Processor], renderer: Processor) -> None:
    """Have what libraries log written in the same form, and with the same silence."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=preparing,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A form that is broken is its sender's to hear of.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
