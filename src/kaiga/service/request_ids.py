"""Draws the ids of calls."""

from kaiga.domain.ids import RequestId, draw_request_ids

_IDS_PER_DRAW = 256


class RequestIds:
    """Ids for the calls of one server process, made for many calls at once."""

    def __init__(self) -> None:
        self._drawn: list[RequestId] = []

    def draw(self) -> RequestId:
        """Give an id that was never given before."""
        if not self._drawn:
            self._drawn = draw_request_ids(_IDS_PER_DRAW)
        return self._drawn.pop()
