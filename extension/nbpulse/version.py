"""The version of the package; `extension/package.json` carries the same."""

VERSION = "0.1.0"
