"""The API's documentation at /schema: Swagger UI from an installed package, nothing from elsewhere."""

from base64 import b64encode
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from litestar import Litestar, Request, Response, Router, get
from litestar._openapi.plugin import OpenAPIPlugin  # its handler encodes what this object holds
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath
from litestar.serialization import default_serializer, encode_json

from server.kernel.errors import NotFound

PATH = "/schema"
ASSETS = f"{PATH}/assets"
PACKAGE = "fastapi_swagger"
KINDS = {".css": "text/css", ".js": "text/javascript", ".png": "image/png"}
REFUSALS = {
    "400": "Malformed or invalid; names the fields",
    "401": "Sign in first",
    "403": "Visible, but not allowed",
    "404": "Not there, or not visible",
    "409": "Not possible now, or a reused key",
    "412": "If-Match names an old revision",
    "413": "Too large",
    "428": "If-Match is missing",
    "429": "Too many requests; see Retry-After",
    "503": "The store can't take it now; see Retry-After",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "args": {"type": "object"},
                },
            },
        },
    },
}
START = (
    f'SwaggerUIBundle({{url: "{PATH}/openapi.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none"}});'
)
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' 'sha256-{b64encode(sha256(START.encode()).digest()).decode()}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""For the page that shows the description: its own files, and the one script that begins it."""
PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dogwatch API</title>
<link rel="stylesheet" href="{ASSETS}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{ASSETS}/swagger-ui-bundle.js"></script>
<script>{START}</script>
</body>
</html>
"""


class OwnSwagger(OpenAPIRenderPlugin):
    """Swagger UI whose files we serve ourselves."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 the plug-in's signature
        return PAGE.encode()


class OwnJson(JsonRenderPlugin):
    """The description with what the framework can't know: the ways in, and how refusals look. Encoded once."""

    def __init__(self, paths: dict[str, Any]) -> None:
        super().__init__(path="/openapi.json")
        self._paths = paths
        self._encoded = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 the plug-in's signature
        if not self._encoded:
            self._encoded = encode_json(complete(openapi_schema, self._paths), serializer=default_serializer)
        return self._encoded


def encode_description(app: Litestar) -> None:
    """Half a second of work, done before anybody asks for it."""
    schema = app.plugins.get(OpenAPIPlugin).provide_openapi_schema()
    for plugin in app.openapi_config.render_plugins if app.openapi_config is not None else ():
        if isinstance(plugin, OwnJson):
            plugin.render(cast("Request[Any, Any, Any]", None), schema)


def complete(schema: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """Every operation with the refusals it may answer, and `paths` beside those of handlers."""
    ours = {path: item for path, item in schema["paths"].items() if not path.startswith(PATH)}
    described = {path: _with_refusals(path, item) for path, item in ours.items()}
    components = schema.get("components", {})
    schemas = {name: _without_default(each) for name, each in components.get("schemas", {}).items()} | {
        "Problem": PROBLEM
    }
    return _of_one_kind(schema | {"paths": described | paths, "components": components | {"schemas": schemas}})


def _without_default(schema: dict[str, Any]) -> dict[str, Any]:
    """Litestar 2.25 gives what several fields share the default of whichever field it read first."""
    return {name: value for name, value in schema.items() if name != "default"}


def _of_one_kind(value: Any) -> Any:
    """Lists of a kind as such: Litestar 2.25 reads the dots of `tuple[X, ...]` as a second kind that is anything."""
    if isinstance(value, list):
        return [_of_one_kind(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    kept = {name: _of_one_kind(each) for name, each in cast("dict[str, Any]", value).items()}
    items = cast("dict[str, Any]", kept["items"]) if isinstance(kept.get("items"), dict) else {}
    either = cast("list[Any]", items.get("oneOf", []))
    if len(either) == 2 and {} in either:
        kept["items"] = next(each for each in either if each != {})
    return kept


def _with_refusals(path: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        method: operation | {"responses": operation["responses"] | _refusals(method, path)}
        for method, operation in item.items()
        if isinstance(operation, dict) and "responses" in operation
    }


def _refusals(method: str, path: str) -> dict[str, Any]:
    """The statuses that this kind of request may be refused with."""
    statuses = {"400", "401", "403", "429", "503"}
    if "{" in path:
        statuses.add("404")
    if method in ("post", "put", "patch", "delete"):
        statuses |= {"404", "409", "413"}
    if method in ("put", "patch", "delete"):
        statuses |= {"412", "428"}
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema}}
    return {status: {"description": REFUSALS[status], "content": content} for status in sorted(statuses)}


def openapi_config(*, title: str, version: str, opt: dict[str, str], paths: dict[str, Any]) -> OpenAPIConfig:
    """OpenAPI 3.1 at /schema/openapi.json, readable at /schema; `paths` are described by hand."""
    return OpenAPIConfig(
        title=title,
        version=version,
        path=PATH,
        openapi_router=Router(PATH, route_handlers=[], opt=opt, response_headers={"content-security-policy": POLICY}),
        render_plugins=[OwnSwagger(), OwnJson(paths)],
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"bearer": []}],
    )


def assets_router(opt: dict[str, str]) -> Router:
    """The files of Swagger UI, as the installed package has them; they are megabytes, so they stay in memory."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ImportError(f"{PACKAGE} is not installed")
    folder = Path(spec.origin).parent / "resources"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in KINDS}

    @get("/{name:str}", sync_to_thread=False, include_in_schema=False)
    def asset(name: FromPath[str]) -> Response[bytes]:
        if name not in files:
            raise NotFound
        return Response(files[name], media_type=KINDS[Path(name).suffix], headers={"cache-control": "max-age=3600"})

    return Router(ASSETS, route_handlers=[asset], opt=opt)
