#!/bin/sh
# What must pass before a change is proposed. Whoever reports the check runs this file, and nothing else.
set -eu
cd "$(dirname "$0")"
cargo fmt --check
cargo test --quiet
