# The image of web, push, worker, beat and migrate. The same set-up as `make run`, from the same locks.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements ./requirements
COPY package.json package-lock.json manage.py ./
COPY gis/__init__.py ./gis/__init__.py
COPY gis/ground ./gis/ground
# Packages and front-end files by hash, in a layer that the code does not change.
RUN python -m gis.ground install
COPY . .
RUN WANGGE_DEMO=1 WANGGE_STATIC_ROOT=/app/static .venv/bin/python manage.py collectstatic --noinput \
    && rm -rf var/secrets var/tools var/log var/lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --home-dir /app wangge \
    && install -d -o 10001 -m 750 /srv/media /srv/audit
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/tmp/numba \
    WANGGE_DEMO=0 \
    WANGGE_STATIC_ROOT=/app/static
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "gis.config.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--timeout-graceful-shutdown", "2", "--no-server-header"]
