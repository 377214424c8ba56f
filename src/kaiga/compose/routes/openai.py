"""Builds the routes below `/v1`: OpenAI's shapes over the same use cases."""

from datetime import timedelta

from kaiga.compose.parts import Parts
from kaiga.compose.routes.shared import Shared
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.errors import SettingInvalid
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.openai.image_answers import ImageAnswers
from kaiga.http.openai.images import OpenaiImageRoutes
from kaiga.http.openai.model_names import PATHS, ModelNames
from kaiga.http.openai.models import OpenaiModelRoutes
from kaiga.http.openai.ordering import Ordering
from kaiga.http.openai.video_files import VideoFiles
from kaiga.http.openai.videos import OpenaiVideoRoutes
from kaiga.service.owning.delete_task import DeleteTask
from kaiga.service.reading.page_tasks import PageTasks
from kaiga.service.reading.show_thumbnail import ShowThumbnail
from kaiga.settings import Settings

_MARGIN = timedelta(seconds=5)
"""Past the grace of a cancel: for the write of the end, and for a process that has to die."""


def build_openai_routes(
    parts: Parts, shared: Shared, create: CreateRoute, show_thumbnail: ShowThumbnail
) -> tuple[OpenaiImageRoutes, OpenaiVideoRoutes, OpenaiModelRoutes]:
    """Build images, videos and models.

    Raises:
        SettingInvalid: a name stands for a model that is not in the catalogue.
    """
    check_names(parts.settings, parts.catalogue)
    names = ModelNames(
        parts.catalogue,
        parts.settings.openai_models,
        lambda model: bool(parts.board.plan.engines_of(model)),
    )
    ordering = Ordering(callers=shared.callers, bodies=shared.bodies, names=names, create=create)
    images = OpenaiImageRoutes(
        ordering=ordering,
        answers=ImageAnswers(
            await_task=shared.await_task,
            events=shared.events,
            have_drawn=parts.have_drawn,
            links=parts.links,
            objects=parts.objects,
            address=shared.address,
            calendar=parts.calendar,
        ),
    )
    videos = OpenaiVideoRoutes(
        callers=shared.callers,
        catalogue=parts.catalogue,
        ordering=ordering,
        query_task=shared.query_task,
        rates=shared.rates,
        standing=shared.standing,
        page_tasks=PageTasks(search_tasks=shared.search_tasks),
        delete_task=DeleteTask(
            store=parts.store,
            query_task=shared.query_task,
            stop_task=shared.stop_task,
            await_task=shared.await_task,
            longest_stop=timedelta(seconds=parts.settings.cancel_grace_seconds) + _MARGIN,
        ),
        files=VideoFiles(
            have_drawn=parts.have_drawn,
            objects=parts.objects,
            show_thumbnail=show_thumbnail,
        ),
    )
    return images, videos, OpenaiModelRoutes(callers=shared.callers, names=names)


def check_names(settings: Settings, catalogue: Catalogue) -> None:
    """See that names stand for models that there are, and that make pictures or clips.

    Raises:
        SettingInvalid: one does not.
    """
    for name, models in settings.openai_models.items():
        for model in models:
            found = catalogue.find_model(model)
            if found is None or found.product not in PATHS:
                raise SettingInvalid(
                    f"KAIGA_OPENAI_MODELS lets {name} stand for {model}, which is no model here "
                    "that makes pictures or clips; `kaiga models` lists them."
                )
