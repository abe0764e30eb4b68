"""Proxmox's own API schema, and what is wrong with a call by it."""

import json
import re

BOOLEANS = {"0", "1", "on", "off", "yes", "no", "true", "false"}


class Refused(Exception):
    def __init__(self, status, message, errors=None):
        self.status, self.message, self.errors = status, message, errors


class Schema:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            paths = json.load(file)["paths"]
        self.paths = [
            (
                re.compile(
                    re.sub(
                        r"\\\{([\w-]+)\\\}", lambda m: f"(?P<{m[1].replace('-', '_')}>[^/]+)", re.escape(path)
                    )
                ),
                path,
                item,
            )
            for path, item in sorted(paths.items(), key=lambda pair: pair[0].count("{"))
        ]

    def find(self, method, path):
        for pattern, template, item in self.paths:
            if match := pattern.fullmatch(path):
                if method.lower() not in item:
                    raise Refused(501, f"Method '{method} {path}' not implemented")
                return template, item[method.lower()], match.groupdict()
        raise Refused(501, f"Method '{method} {path}' not implemented")

    @staticmethod
    def parameters(operation):
        content = operation.get("requestBody", {}).get("content", {})
        for media in content.values():
            schema = media["schema"]
            required = set(schema.get("required", []))
            return {
                name: spec | {"optional": name not in required} for name, spec in schema["properties"].items()
            }
        found = {}
        for parameter in operation.get("parameters", []):
            found[parameter["name"]] = parameter["schema"] | {"optional": not parameter["required"]}
        return found

    def check(self, operation, values):
        known = self.parameters(operation)
        numbered = {re.sub(r"\[n\]$", "", name): spec for name, spec in known.items() if name.endswith("[n]")}
        errors = {}
        for name, spec in known.items():
            if not spec["optional"] and name not in values:
                errors[name] = "property is missing and it is not optional"
        for name, value in values.items():
            spec = known.get(name) or numbered.get(re.sub(r"\d+$", "", name))
            if spec is None:
                errors[name] = (
                    "property is not defined in schema and the schema does not allow additional properties"
                )
            elif error := problem(spec, value):
                errors[name] = error
        if errors:
            raise Refused(400, "Parameter verification failed.", errors)


def problem(spec, value):
    value = str(value)
    kind = spec.get("type")
    if kind == "boolean":
        return None if value.lower() in BOOLEANS else f"type check ('boolean') failed - got '{value}'"
    if kind in ("integer", "number") and (found := number_problem(spec, kind, value)):
        return found
    if "enum" in spec and value not in map(str, spec["enum"]):
        listed = ", ".join(map(str, spec["enum"]))
        return f"value '{value}' does not have a value in the enumeration '{listed}'"
    if "maxLength" in spec and len(value) > spec["maxLength"]:
        return f"value may only be {spec['maxLength']} characters long"
    if isinstance(spec.get("pattern"), str) and not fits(spec["pattern"], value):
        return "value does not match the regex pattern"
    return None


def number_problem(spec, kind, value):
    if not re.fullmatch(r"[+-]?\d+" if kind == "integer" else r"[+-]?\d+(\.\d+)?", value):
        return f"type check ('{kind}') failed - got '{value}'"
    if "minimum" in spec and float(value) < spec["minimum"]:
        return f"value must have a minimum value of {spec['minimum']}"
    if "maximum" in spec and float(value) > spec["maximum"]:
        return f"value must have a maximum value of {spec['maximum']}"
    return None


def fits(pattern, value):
    """Whether the value matches; patterns that are Perl's and not Python's are not checked."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True
