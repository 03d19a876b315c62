"""Pictures in, and out to those who may see their case."""

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.core.files.uploadhandler import FileUploadHandler
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import Refused, refuse
from gis.api.query import check_query
from gis.api.throttling import PhotoThrottle
from gis.ledger.models import Attachment
from gis.ledger.services import attachments
from grids.api.schemas import ProblemsSerializer
from grids.models import User
from incidents.api.schemas import PhotoIdSerializer, PhotoSerializer
from incidents.selectors import photo_for

# What multipart writes around one file.
AROUND_BYTES = 16 * 1024


def _too_large() -> Refused:
    zh, en = "照片太大，最多 12 MB。", "The picture is too large: at most 12 MB."
    return refuse("file", "too_large", zh, en, status_code=413)


class _Quota(FileUploadHandler):
    """Ends an upload that grows beyond what was declared, or was declared as nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        self._seen += len(raw_data)
        if self._seen > attachments.MOST_BYTES:
            raise _too_large()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler keeps the file."""


class PictureParser(MultiPartParser):
    """Multipart within the budget of one picture."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        declared = str(request.META.get("CONTENT_LENGTH") or "")
        most = attachments.MOST_BYTES + AROUND_BYTES
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
            raise _too_large()
        request._request.upload_handlers.insert(0, _Quota())
        return super().parse(stream, media_type, parser_context)


class PhotoListView(APIView):
    """Anybody may send a picture; only a report makes it seen."""

    permission_classes = (AllowAny,)
    throttle_classes = (PhotoThrottle,)
    parser_classes = (PictureParser,)

    @extend_schema(
        operation_id="photo",
        summary="上传照片 (send a picture for a report)",
        request={"multipart/form-data": PhotoSerializer},
        responses={
            201: PhotoIdSerializer,
            400: ProblemsSerializer,
            413: ProblemsSerializer,
            429: ProblemsSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        check_query(request, frozenset())
        raw = _one_file(request)
        sender = request.user if isinstance(request.user, User) else None
        kept = attachments.store(raw=raw, by=sender, now=timezone.now())
        return Response({"id": str(kept.id)}, status=201)


class PhotoView(APIView):
    """A picture, for who sent it and for those who may see its case."""

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()]

    @extend_schema(
        operation_id="photo_file",
        summary="照片 (a picture)",
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            401: ProblemsSerializer,
            404: ProblemsSerializer,
        },
    )
    def get(self, request: Request, photo: UUID) -> FileResponse:
        check_query(request, frozenset())
        found = photo_for(request.user, photo)
        if found is None:
            raise Http404
        return send_picture(found)


def send_picture(found: Attachment) -> FileResponse:
    """The file of a picture, for its viewer alone to keep. Raises `Http404` without its file."""
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _one_file(request: Request) -> bytes:
    """The bytes of the one part `file`. Raises `Refused`."""
    files = request.FILES
    others = sorted({*files, *request.data} - {"file"})
    if others:
        zh, en = "未知字段；只需 file。", "Unknown: send one part, file."
        raise refuse(others[0], "unknown_field", zh, en)
    found = files.getlist("file")
    if len(found) != 1:
        code = "too_many" if found else "required"
        raise refuse("file", code, "请上传一张照片。", "Send one picture as the part file.")
    raw: bytes = found[0].read()
    return raw
