# The hub as an image: Python, the hashed requirements, the hub. See docs/how-to/run-in-containers.md; not run in a container by its authors.
FROM python:3.11-slim
WORKDIR /app
COPY requirements.lock pyproject.toml README.md ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY hub hub
COPY schemas schemas
COPY policies policies
COPY alembic alembic
RUN pip install --no-cache-dir ".[postgres]" && useradd --system --uid 10001 hub && install -d -o hub -m 700 /state
USER hub
VOLUME /state
EXPOSE 8000
CMD ["hub", "serve"]
