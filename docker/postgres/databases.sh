#!/bin/sh
# Runs once, on an empty volume: a role and a database for us, a role and two databases for Temporal. Neither can read the other's.
set -eu

psql --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set app_password="$APP_DB_PASSWORD" --set temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role followthrough login password :'app_password';
create role temporal login password :'temporal_password';
create database followthrough owner followthrough;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database followthrough, temporal, temporal_visibility, postgres from public;
SQL
