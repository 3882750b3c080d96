ARG BASE=python:3.11-slim
FROM ${BASE} AS build

# The environment is made where it will stand, and without pip: what runs installs nothing.
RUN python -m venv --without-pip /opt/clapper
COPY requirements.lock requirements-build.lock /build/
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
      --require-hashes -r /build/requirements-build.lock \
 && pip --python /opt/clapper/bin/python install --no-cache-dir --disable-pip-version-check \
      --require-hashes -r /build/requirements.lock

COPY pyproject.toml README.md LICENSE /build/
COPY bot /build/bot
COPY cogs /build/cogs
COPY storage /build/storage
RUN pip wheel --no-cache-dir --disable-pip-version-check --no-index --no-deps \
      --no-build-isolation --wheel-dir /build/wheel /build \
 && pip --python /opt/clapper/bin/python install --no-cache-dir --disable-pip-version-check \
      --no-index --no-deps --compile /build/wheel/*.whl


FROM ${BASE}

COPY --from=build /opt/clapper /opt/clapper

# A number and not a name, so that a cluster can see that it is not root. /data belongs to
# it, and so does every new volume that is mounted there.
RUN mkdir /data && chown 10001:10001 /data && chmod 0700 /data
VOLUME /data
WORKDIR /data
USER 10001:10001

# PYTHONSAFEPATH: what lies in /data is data, and is never imported.
ENV PATH=/opt/clapper/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    CLAPPER_STORAGE__URL=sqlite:////data/clapper.db \
    CLAPPER_STORAGE__SPOOL_DIR=/data/spool \
    CLAPPER_STORAGE__BACKUP_DIR=/data/backups \
    CLAPPER_LOG__FORMAT=json

# It has ten seconds to hand over its work; `docker stop` waits as long by default.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python", "-m", "bot.web.probe"]
ENTRYPOINT ["clapper"]
CMD ["run"]
