"""Builds the routes by which an account looks through its results."""

from datetime import timedelta

from kaiga.compose.parts import SHRINKING, Parts
from kaiga.http.callers import Callers
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.archives import ArchiveRoutes
from kaiga.http.operations.manifests import ManifestRoutes
from kaiga.http.operations.results import ResultRoutes
from kaiga.http.operations.thumbnails import ThumbnailRoutes
from kaiga.media.inspecting import find_ffmpeg
from kaiga.media.thumbnails import SmallPictures
from kaiga.service.owning.keep_task import KeepTask
from kaiga.service.reading.find_result import FindResult
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.reading.list_results import ListResults
from kaiga.service.reading.show_manifest import ShowManifest
from kaiga.service.reading.show_thumbnail import ShowThumbnail


def build_gallery_routes(
    parts: Parts, callers: Callers, inspect_task: InspectTask, address: PublicAddress
) -> tuple[ResultRoutes, ThumbnailRoutes, ArchiveRoutes, ManifestRoutes]:
    """Build `/kaiga/v1/results`, and what of `/kaiga/v1/tasks` is about results."""
    settings = parts.settings
    find_result = FindResult(inspect_task=inspect_task)
    results = ResultRoutes(
        callers=callers,
        list_results=ListResults(results=parts.results, calendar=parts.calendar),
        keep_task=KeepTask(
            store=parts.store,
            query_task=inspect_task.query_task,
            longest=timedelta(days=settings.keep_days),
        ),
        links=parts.links,
        address=address,
        calendar=parts.calendar,
        zone=settings.time_zone,
    )
    thumbnails = ThumbnailRoutes(
        callers=callers,
        find_result=find_result,
        show_thumbnail=ShowThumbnail(
            objects=parts.objects,
            maker=SmallPictures(ffmpeg=find_ffmpeg(settings.ffmpeg)),
            folder=settings.data / SHRINKING,
            have_drawn=parts.have_drawn,
        ),
    )
    archives = ArchiveRoutes(
        callers=callers,
        find_result=find_result,
        have_drawn=parts.have_drawn,
        objects=parts.objects,
        calendar=parts.calendar,
        zone=settings.time_zone,
    )
    manifests = ManifestRoutes(
        callers=callers,
        show_manifest=ShowManifest(
            store=parts.store,
            objects=parts.objects,
            inspect_task=inspect_task,
            have_drawn=parts.have_drawn,
        ),
    )
    return results, thumbnails, archives, manifests
