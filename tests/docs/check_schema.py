#!/usr/bin/env python3
"""Every file of the catalogue against the schema `headway schema KIND` prints, by jsonschema: as an editor would see it.

check_schema.py HEADWAY SOURCE
"""
import json
import pathlib
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

FOLDERS = {"scenarios": "scenarios", "devices": "topologies/devices", "links": "topologies/links",
           "clusters": "topologies/clusters", "models": "workloads/models", "recipes": "workloads/recipes",
           "software": "workloads/software"}


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    wrong = 0
    for kind, folder in FOLDERS.items():
        schema = json.loads(subprocess.run([program, "schema", kind], check=True, capture_output=True, text=True).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        files = sorted((source / folder).glob("*.yaml"))
        for file in files:
            document = yaml.safe_load(file.read_text(encoding="utf-8"))
            for mistake in validator.iter_errors(document):
                wrong += 1
                print(f"{file}: {mistake.json_path}: {mistake.message[:200]}")
            if isinstance(document, dict) and validator.is_valid({**document, "colour": "blue"}):
                wrong += 1
                print(f"{file}: the schema lets an unknown key pass")
        print(f"{kind}: {len(files)} files")
        wrong += not files
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
