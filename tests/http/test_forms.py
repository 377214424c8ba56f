"""Multipart forms, cut as they arrive: the same parts however the bytes come."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kaiga.domain.errors import FileCountWrong, FormFieldsTooLarge, FormMalformed, KaigaError
from kaiga.http.files.forms import MultipartForm

BOUNDARY = b"----boundary7"
TYPE = "multipart/form-data; boundary=----boundary7"
FIELDS = {"key": "dir/花 cat.png", "policy": "eyJl", "success_action_status": "200"}
CONTENT = b"\r\n--" + BOUNDARY[:-1] + b"\r\n\0\xff" + b"PNG" * 100


def write_field(name: str, value: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + value + b"\r\n"


def write_file(content: bytes = CONTENT, name: str = "file") -> bytes:
    head = (
        f'Content-Disposition: form-data; name="{name}"; filename="花.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + content + b"\r\n"


END = b"--" + BOUNDARY + b"--\r\n"
FORM = b"".join(write_field(k, v.encode()) for k, v in FIELDS.items()) + write_file() + END


async def arrive(parts: Sequence[bytes]) -> AsyncGenerator[bytes]:
    for part in parts:
        yield part


async def read(
    body: AsyncIterator[bytes], content_type: str = TYPE
) -> tuple[dict[str, str], bytes]:
    form = MultipartForm(body, content_type)
    fields = await form.read_fields()
    return dict(fields), b"".join([part async for part in form.read_file()])


def cut(text: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({place % len(text) for place in places})
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


@given(places=st.lists(st.integers(0, len(FORM) - 1), max_size=40))
@example(places=list(range(len(FORM))))
async def test_a_form_is_the_same_however_it_arrives(places: list[int]):
    assert await read(arrive(cut(FORM, places))) == (FIELDS, CONTENT)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=300), places=st.lists(st.integers(0, 1000), max_size=9))
async def test_any_content_is_given_unchanged(content: bytes, places: list[int]):
    form = write_field("key", b"a") + write_file(content) + END

    assert (await read(arrive(cut(form, places))))[1] == content


async def test_field_names_are_read_in_any_case():
    form = write_field("OSSAccessKeyId", b"K") + write_field("Signature", b"S") + write_file() + END

    fields, _ = await read(arrive([form]))

    assert fields == {"ossaccesskeyid": "K", "signature": "S"}


async def test_the_file_is_not_read_before_it_is_asked_for():
    asked: list[str] = []

    async def body() -> AsyncGenerator[bytes]:
        for name, part in (("fields", write_field("key", b"a")), ("file", write_file())):
            asked.append(name)
            yield part
        asked.append("end")
        yield END

    form = MultipartForm(body(), TYPE)
    await form.read_fields()
    assert asked == ["fields", "file"]

    assert b"".join([part async for part in form.read_file()]) == CONTENT
    assert asked == ["fields", "file", "end"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (b"", FormMalformed),
        (b"not a form", FormMalformed),
        (b"{}", FormMalformed),
        (END, FileCountWrong),
        (write_field("key", b"a") + END, FileCountWrong),
        (write_field("key", b"a"), FormMalformed),
        (write_file(), FormMalformed),
        (write_file()[:-40], FormMalformed),
        (write_file() + END[:-6], FormMalformed),
        (write_file() + write_file() + END, FileCountWrong),
        (write_file() + write_field("key", b"a") + END, FormMalformed),
        (write_field("key", b"\xff\xfe") + write_file() + END, FormMalformed),
        (write_field("key", b"x" * 70_000) + write_file() + END, FormFieldsTooLarge),
        (write_field("a", b"x" * 40_000) + write_field("b", b"x" * 40_000), FormFieldsTooLarge),
        (b"".join(write_field(f"f{n}", b"") for n in range(99)), FormFieldsTooLarge),
        (b"--" + BOUNDARY + b"\r\n\r\nno headers\r\n" + END, FormMalformed),
        (FORM.replace(b"form-data", b"attachment"), FormMalformed),
        (FORM.replace(b'name="key"', b'name=""'), FormMalformed),
        (FORM.replace(b"Content-Disposition", b"Content Disposition"), FormMalformed),
        (b"--" + BOUNDARY + b"\r\nX: " + b"x" * 100_000, FormMalformed),
        (FORM.replace(BOUNDARY, b"another"), FormMalformed),
    ],
)
async def test_what_is_no_form_with_one_file_at_its_end_is_refused(
    form: bytes, error: type[KaigaError]
):
    with pytest.raises(error):
        await read(arrive(cut(form, range(0, len(form), 5000)) if form else []))


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=----boundary7",
        "multipart/form-data; boundary=" + "x" * 300,
    ],
)
async def test_a_type_that_is_no_forms_is_refused(content_type: str):
    with pytest.raises(FormMalformed):
        await read(arrive([FORM]), content_type)


@given(form=st.binary(max_size=400), places=st.lists(st.integers(0, 1000), max_size=5))
async def test_any_bytes_are_refused_or_read(form: bytes, places: list[int]):
    try:
        await read(arrive(cut(form, places) if form else []))
    except (FormMalformed, FileCountWrong, FormFieldsTooLarge):
        return


@given(start=st.integers(0, len(FORM)), length=st.integers(0, 30), noise=st.binary(max_size=30))
async def test_a_form_with_damage_in_it_is_refused_or_read(start: int, length: int, noise: bytes):
    try:
        await read(arrive([FORM[:start] + noise + FORM[start + length :]]))
    except (FormMalformed, FileCountWrong, FormFieldsTooLarge):
        return
