# One image for web and worker; compose.yaml says which of them a container is.
FROM node:22-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund --workspaces=false
COPY frontend/ ./
RUN npm run build

FROM python:3.13-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends bubblewrap && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 PYTHONWARNINGS=ignore \
    HOOKFLOW_DATA=/data DJANGO_SETTINGS_MODULE=hookflow_site.settings
WORKDIR /app
COPY requirements/ requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/base.txt
COPY . .
COPY --from=frontend /src/static/editor static/editor
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && python -m compileall -q . \
    && useradd --system --uid 10001 --home /data hookflow \
    && install -d -m 0700 -o hookflow /data
USER hookflow
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "hookflow_site.web", "--host", "0.0.0.0"]
