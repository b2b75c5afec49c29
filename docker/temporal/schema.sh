#!/bin/sh
# Brings Temporal's two databases to the schema that comes with this image. Safe to repeat: after an upgrade it applies what is new.
set -eu

bring_up() {
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

bring_up temporal temporal
bring_up temporal_visibility visibility
