"""Whether the process lives (``/health``) and whether it can serve figures (``/ready``), for whoever watches it."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from orchestration.errors import WarehouseError

router = APIRouter()


@router.get("/health", summary="The process lives")
def health() -> JSONResponse:
    """Always well while the process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/ready", summary="Figures can be served")
def ready(request: Request) -> JSONResponse:
    """503 while the database does not answer or the schema of the figures is not there."""
    database = request.app.state.database
    try:
        with database.engine.connect() as connection:
            found = connection.exec_driver_sql("select to_regclass('released.releases') is not null").scalar_one()
    except (SQLAlchemyError, WarehouseError, OSError):
        return JSONResponse({"status": "no database"}, status_code=503)
    if not found:
        return JSONResponse({"status": "no figures yet"}, status_code=503)
    return JSONResponse({"status": "ok"})
