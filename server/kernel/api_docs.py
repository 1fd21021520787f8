"""The API's documentation at /schema: Swagger UI from an installed package, nothing from elsewhere."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from litestar import Request, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router  # pyright: ignore[reportUnknownVariableType] half typed there

PATH = "/schema"
ASSETS = f"{PATH}/assets"
PACKAGE = "fastapi_swagger"
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
<script>
SwaggerUIBundle({{url: "{PATH}/openapi.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none"}});
</script>
</body>
</html>
"""


class OwnSwagger(OpenAPIRenderPlugin):
    """Swagger UI whose files we serve ourselves."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 the plug-in's signature
        return PAGE.encode()


def openapi_config(*, title: str, version: str, opt: dict[str, str]) -> OpenAPIConfig:
    """OpenAPI 3.1 at /schema/openapi.json, readable at /schema."""
    return OpenAPIConfig(
        title=title,
        version=version,
        path=PATH,
        openapi_router=Router(PATH, route_handlers=[], opt=opt),
        render_plugins=[OwnSwagger(), JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"bearer": []}],
    )


def assets_router(opt: dict[str, str]) -> Router:
    """The files of Swagger UI, as the installed package has them."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ImportError(f"{PACKAGE} is not installed")
    folder = Path(spec.origin).parent / "resources"
    router = create_static_files_router(path=ASSETS, directories=[folder], include_in_schema=False)
    router.opt = {**router.opt, **opt}
    return router
