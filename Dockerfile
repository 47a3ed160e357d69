# One image; web, worker, beat and migrate differ by their command only.
FROM python:3.13-slim-bookworm AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/runtime.lock /tmp/runtime.lock
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/runtime.lock


FROM python:3.13-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static DATA_DIR=/tmp/taperline
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/taperline
COPY manage.py pyproject.toml ./
COPY patients patients
COPY notifications notifications
COPY tapers tapers
COPY tracker tracker
# The two settings are only for this step; the image keeps neither.
RUN SECRET_KEY=only-to-collect PUBLIC_URL=https://taperline.example \
    python manage.py collectstatic --no-input \
    && useradd --system --uid 10001 --no-create-home taperline \
    && install --directory --owner=10001 /var/lib/taperline
USER 10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "tracker.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
