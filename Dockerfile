# Kaiga in a container; docs/deploy.md tells how it is built and run. Three images come of it:
#   docker build --tag kaiga .                             serves, and works with engines that need no weights
#   docker build --tag kaiga-engines --target engines .    works with diffusers on a GPU as well
#   docker build --tag kaiga-emulator --target emulator .  stands beside tests (docs/emulator.md)
ARG PYTHON=docker.io/library/python:3.13-slim-bookworm

FROM ${PYTHON} AS wheel
WORKDIR /source
COPY requirements/image-build.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement image-build.txt
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY src ./src
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

# Modules are compiled here: nothing can be written where they run.
FROM ${PYTHON} AS installed
COPY requirements/image.txt /requirements/
RUN python -m venv --without-pip /opt/kaiga \
    && pip --python /opt/kaiga install --no-cache-dir --no-deps --require-hashes --requirement /requirements/image.txt
COPY --from=wheel /wheels /wheels
RUN pip --python /opt/kaiga install --no-cache-dir --no-deps --no-index /wheels/*.whl

# torch has a build for each kind of device, so it alone is held to a version and to no hash.
FROM installed AS installed-engines
ARG TORCH=2.13.0
RUN pip --python /opt/kaiga install --no-cache-dir "torch==${TORCH}"
COPY requirements/image-engines.txt /requirements/
RUN pip --python /opt/kaiga install --no-cache-dir --no-deps --require-hashes --requirement /requirements/image-engines.txt

# The user is a number, so that a cluster can tell that it is not root.
FROM ${PYTHON} AS base
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Kaiga" \
      org.opencontainers.image.description="A self-hosted server of the asynchronous image and video task API of Model Studio" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --system --gid 10001 kaiga \
    && useradd --system --uid 10001 --gid kaiga --no-create-home --home-dir /data kaiga \
    && install --directory --owner=kaiga --group=kaiga --mode=0700 /data
ENV PATH=/opt/kaiga/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    KAIGA_HOST=0.0.0.0 \
    KAIGA_DATA=/data \
    KAIGA_LOG_JSON=true
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8600
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8600/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["kaiga"]
CMD ["serve"]

FROM base AS engines
COPY --from=installed-engines /opt/kaiga /opt/kaiga

# It keeps everything in memory. Whoever reaches its port may use it: publish that on loopback, or in a network of tests
# alone.
FROM base AS emulator
COPY --from=installed /opt/kaiga /opt/kaiga
ENV KAIGA_EMULATOR=true \
    KAIGA_EMULATOR_MEMORY=true \
    KAIGA_EMULATOR_REMOTE=true
HEALTHCHECK --interval=1s --timeout=2s --start-period=20s --retries=20 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8600/readyz', timeout=1)"]

FROM base AS service
COPY --from=installed /opt/kaiga /opt/kaiga
