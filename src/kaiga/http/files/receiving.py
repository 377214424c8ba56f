"""`POST /kaiga/v1/uploads`: the form that follows an upload policy (contract/core.md, 8.2)."""

from contextlib import aclosing

from kaiga.domain.errors import KaigaError, MethodRefused, TooLarge, UploadTooLarge
from kaiga.http.asgi import NO_STORE, Answer, Call
from kaiga.http.bodies import BodyReader, Reservation
from kaiga.http.files.forms import MultipartForm
from kaiga.http.files.refusals import make_refusal
from kaiga.service.uploads.take_upload import TakeUpload

UPLOAD_PATH = "/kaiga/v1/uploads"
_LARGEST_REST_OF_A_FORM_BYTES = 1024 * 1024
"""Fields, headers and boundaries; a form whose fields are too large is told so before this."""
_DONE = Answer(body=b"", headers=(NO_STORE,))


class UploadRoute:
    """Takes files from whoever holds a policy; there is no key on this call."""

    def __init__(self, *, take_upload: TakeUpload, bodies: BodyReader) -> None:
        self._take_upload = take_upload
        self._bodies = bodies

    async def __call__(self, call: Call) -> Answer:
        """Store one file; answers with nothing, or with the XML that storage answers.

        Raises:
            ClientGone: there is nobody left to answer.
        """
        try:
            if call.method != "POST":
                raise MethodRefused(call.method)
            with self._reserve(call) as reservation:
                await self._receive(call, reservation)
        except TooLarge:
            return make_refusal(call, UploadTooLarge(self._take_upload.max_bytes))
        except KaigaError as error:
            return make_refusal(call, error)
        return _DONE

    def _reserve(self, call: Call) -> Reservation:
        largest = self._take_upload.max_bytes + _LARGEST_REST_OF_A_FORM_BYTES
        return self._bodies.reserve(call, largest_bytes=largest)

    async def _receive(self, call: Call, reservation: Reservation) -> None:
        async with aclosing(reservation.read_parts(call)) as body:
            form = MultipartForm(body, call.header(b"content-type"))
            fields = await form.read_fields()
            async with aclosing(form.read_file()) as content:
                await self._take_upload(fields, content)
