# docker build -t cnnlab . && docker run --publish 8501:8501 --volume cnnlab:/home/cnnlab cnnlab; docs/operating.md has more.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /opt/cnnlab
COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock

COPY .streamlit ./.streamlit
COPY assets ./assets
COPY cnnlab ./cnnlab
COPY pages ./pages
COPY app.py LICENSE ./
RUN python -m compileall -q cnnlab pages app.py \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin cnnlab

USER 10001
ENV CNNLAB_HOME=/home/cnnlab
VOLUME ["/home/cnnlab"]
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/cnnlab/ready', timeout=8)"]
CMD ["python", "-m", "cnnlab", "run", "--port", "8501", "--", "--server.address", "0.0.0.0"]
