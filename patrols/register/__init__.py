"""The register as files: written and read again."""
