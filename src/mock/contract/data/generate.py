#!/usr/bin/env python3
"""Writes the contract of a service from AWS's service model, as botocore publishes it.

    python3 generate.py FOLDER                     every service listed in operations.txt
    python3 generate.py FOLDER sagemaker           one of them

FOLDER is the `botocore/data` folder of an unpacked botocore wheel. README.md explains the format.
"""

import gzip
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCALARS = ("string", "integer", "long", "float", "double", "boolean", "timestamp", "blob")


def load(folder, service, name):
    """A file of the newest API version of a service; `{}` where botocore has none."""
    versions = os.path.join(folder, service)
    base = os.path.join(versions, sorted(os.listdir(versions))[-1], name)
    for path, opener in ((base, open), (base + ".gz", gzip.open)):
        if os.path.exists(path):
            with opener(path, "rb") as file:
                return json.load(file)
    return {}


def limits(shape):
    return [f"{key}={shape[key]}" for key in ("min", "max") if key in shape]


def facts(shape):
    """What a scalar is held to; the pattern comes last, because it may contain blanks."""
    out = limits(shape)
    if "enum" in shape:
        out.insert(0, "enum=" + "|".join(shape["enum"]))
    if "pattern" in shape:
        out.append("pattern=" + shape["pattern"].replace("\t", "\\t").replace("\n", "\\n"))
    return out


class Model:
    def __init__(self, folder, service):
        self.model = load(folder, service, "service-2.json")
        self.pages = load(folder, service, "paginators-1.json").get("pagination", {})
        self.shapes = self.model["shapes"]
        meta = self.model["metadata"]
        self.protocol = meta.get("protocols", [meta.get("protocol")])[0]
        self.reached = set()

    def name(self, name):
        """A scalar without constraints goes by its type."""
        shape = self.shapes[name]
        plain = shape["type"] in SCALARS and not facts(shape)
        return shape["type"] if plain else name

    def reach(self, name):
        if name in self.reached:
            return
        self.reached.add(name)
        shape = self.shapes[name]
        for member in shape.get("members", {}).values():
            self.reach(member["shape"])
        for part in ("member", "key", "value"):
            if part in shape:
                self.reach(shape[part]["shape"])

    def member(self, name, member, shape):
        out = ["required"] if name in shape.get("required", []) else []
        if "location" in member:
            out.append(f"at={member['location']}:{member.get('locationName', name)}")
        elif "locationName" in member and member["locationName"] != name:
            out.append("wire=" + member["locationName"])
        if "queryName" in member:
            out.append("query=" + member["queryName"])
        return "\t".join(["", name, self.name(member["shape"]), " ".join(out)]).rstrip("\t")

    def error(self, name):
        code = self.shapes[name].get("error", {}).get("code", name)
        return name if code == name else f"{name}={code}"

    def operation(self, name):
        op = self.model["operations"][name]
        for side in ("input", "output"):
            if side in op:
                self.reach(op[side]["shape"])
        shapes = [op[side]["shape"] if side in op else "-" for side in ("input", "output")]
        errors = ",".join(self.error(error["shape"]) for error in op.get("errors", []))
        page = self.pages.get(name, {})
        if isinstance(page.get("input_token"), str) and isinstance(page.get("result_key"), str):
            paging = [page["input_token"], page["output_token"], page.get("limit_key", "-"), page["result_key"]]
        else:
            paging = []
        http = op["http"]
        row = ["op", name, *shapes, http["method"], http["requestUri"], errors or "-", " ".join(paging) or "-"]
        return "\t".join(row)

    def shape(self, name):
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            head = ["union" if shape.get("union") else "structure", name]
            members = shape.get("members", {}).items()
            return ["\t".join(head)] + [self.member(key, member, shape) for key, member in members]
        if kind == "list":
            plain = self.protocol == "ec2" and "locationName" not in shape["member"]
            bounds = limits(shape) + (["item=member"] if plain else [])
            row = ["list", name, self.name(shape["member"]["shape"]), " ".join(bounds)]
        elif kind == "map":
            parts = [self.name(shape[part]["shape"]) for part in ("key", "value")]
            row = ["map", name, *parts, " ".join(limits(shape))]
        elif self.name(name) == name:
            row = [kind, name, " ".join(facts(shape))]
        else:
            return []
        return ["\t".join(row).rstrip("\t")]

    def lines(self, service, operations):
        meta = self.model["metadata"]
        head = ["service", service, meta["apiVersion"], self.protocol]
        rows = ["\t".join(head)]
        rows += [self.operation(name) for name in sorted(operations)]
        for name in sorted(self.reached):
            assert name not in SCALARS or self.name(name) == name or not facts(self.shapes[name])
            rows += self.shape(name)
        return rows


def main(folder, only):
    with open(os.path.join(HERE, "operations.txt"), encoding="utf-8") as file:
        wanted = [line.split() for line in file if line.strip() and not line.startswith("#")]
    for service, *operations in wanted:
        if not only or service in only:
            rows = Model(folder, service).lines(service, operations)
            with open(os.path.join(HERE, service + ".tsv"), "w", encoding="utf-8") as out:
                out.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
