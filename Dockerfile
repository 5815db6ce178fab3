# newsroles with its model, for any number of pages, without a network:
#   docker build -t newsroles .
#   docker run --rm --network none -v "$PWD/pages:/pages:ro" -v "$PWD/out:/out" --user "$(id -u)" newsroles label /pages -o /out/labelled.jsonl
# EXTRAS=parquet,warc adds formats: --build-arg EXTRAS=parquet,warc

FROM python:3.13-slim AS build
ARG EXTRAS=""
WORKDIR /source
COPY . .
RUN python3 -m venv /opt/newsroles \
 && /opt/newsroles/bin/pip install --quiet --no-cache-dir ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.13-slim
COPY --from=build /opt/newsroles /opt/newsroles
ENV PATH=/opt/newsroles/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home newsroles
USER newsroles
WORKDIR /home/newsroles
ENTRYPOINT ["newsroles"]
CMD ["--help"]
