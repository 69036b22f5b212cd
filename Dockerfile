# The image of compose.yaml: code and packages; what changes lies in the volume under /yearbook
FROM python:3.12-slim
RUN useradd --create-home --uid 1000 yearbook && install -d -o yearbook /yearbook/home
WORKDIR /opt/yearbook
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
  && python -c "from orchestration import dbt_manifest; dbt_manifest.keep()"
ENV YEARBOOK_HOME=/yearbook/home DAGSTER_HOME=/yearbook/home/dagster
USER yearbook
ENTRYPOINT ["yearbook"]
CMD ["ui", "--listen", "0.0.0.0", "--port", "3000"]
