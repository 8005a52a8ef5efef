"""Say what a release is made of: `python -m docs.sbom` prints a CycloneDX 1.6 document.

The same lock gives the same bytes, on any machine: there is no time in it, no path and no address of a server.
"""

import json
import sys
import tomllib
from uuid import UUID, uuid5

from docs.packages import TOP, Package, locked

NAMESPACE = UUID("6f0f8f5b-5d0b-4a8e-9d53-0a3a2b1c7e41")  # drawn once, at random
OWN = "befriend"


def bill(packages: list[Package]) -> str:
    """Return the document for a release of this tree."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = f"pkg:pypi/{OWN}@{project['version']}"
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": OWN,
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
                "purl": own,
            }
        },
        "components": [_component(package) for package in packages],
        "dependencies": [
            {"ref": ref, "dependsOn": [each.purl for each in packages if name in each.needed_by]}
            for ref, name in [(own, OWN), *((package.purl, package.name) for package in packages)]
        ],
    }
    number = uuid5(NAMESPACE, json.dumps(document, sort_keys=True))
    return json.dumps(document | {"serialNumber": f"urn:uuid:{number}"}, indent=2) + "\n"


def _component(package: Package) -> dict[str, object]:
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "scope": "required",
        "licenses": [{"expression": package.licence}],
        "purl": package.purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": package.purl,
                "comment": "Each file of this version that may be installed, one hash each.",
                "hashes": [{"alg": "SHA-256", "content": each} for each in package.hashes],
            }
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(bill(locked()))
