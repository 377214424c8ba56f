"""The results in an answer, whatever its shape: addresses, texts, findings, failures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

_ABOUT_THE_TASK = frozenset(
    {
        "task_id", "task_status", "submit_time", "scheduled_time", "start_time", "end_time",
        "task_metrics", "task_metric", "finished", "orig_prompt", "actual_prompt",
    }
)  # fmt: skip
"""Members of `output` that tell of the task and not of what it made (contract/core.md, 2.3)."""
_PLACES = frozenset({"url", "image", "video", "audio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One result that was not made."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a task made, in the order of its answer."""

    links: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    failures: tuple[Failed, ...] = ()
    findings: Mapping[str, object] = field(default_factory=dict[str, object])
    """What was judged or read, by name."""
    actual_prompt: str | None = None


def read_results(output: Mapping[str, object]) -> Results:
    """Find the results in the `output` of a task that has SUCCEEDED."""
    told = {name: value for name, value in output.items() if name not in _ABOUT_THE_TASK}
    return Results(
        links=tuple(_find_links(told, "")),
        texts=tuple(_find_texts(output.get("choices"))),
        failures=tuple(_find_failures(output.get("results"))),
        findings={
            name: value
            for name, value in told.items()
            if name not in {"choices", "results"} and not any(_find_links({name: value}, ""))
        },
        actual_prompt=next(_find_actual_prompts(output), None),
    )


def _find_links(value: object, name: str) -> Iterator[str]:
    match value:
        case str() if _is_place(name) and value.startswith(("http://", "https://")):
            yield value
        case dict():
            for inner_name, inner in cast("Mapping[str, object]", value).items():
                yield from _find_links(inner, inner_name)
        case list():
            for inner in cast("list[object]", value):
                yield from _find_links(inner, name)
        case _:
            return


def _is_place(name: str) -> bool:
    return name in _PLACES or name.endswith(("_url", "_urls"))


def _find_texts(choices: object) -> Iterator[str]:
    for choice in _members_of_list(choices):
        message = choice.get("message")
        if isinstance(message, dict):
            for item in _members_of_list(cast("Mapping[str, object]", message).get("content")):
                text = item.get("text")
                if isinstance(text, str):
                    yield text


def _find_failures(results: object) -> Iterator[Failed]:
    for result in _members_of_list(results):
        if "code" in result and not any(_find_links(result, "")):
            yield Failed(code=str(result["code"]), message=str(result.get("message", "")))


def _find_actual_prompts(output: Mapping[str, object]) -> Iterator[str]:
    for members in (output, *_members_of_list(output.get("results"))):
        prompt = members.get("actual_prompt")
        if isinstance(prompt, str):
            yield prompt


def _members_of_list(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        for item in cast("list[object]", value):
            if isinstance(item, dict):
                yield cast("Mapping[str, object]", item)
