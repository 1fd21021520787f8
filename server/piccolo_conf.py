"""Where Piccolo's own commands find the database and the tables."""

import os
from typing import Any

from piccolo.conf.apps import AppRegistry
from piccolo.engine.base import Engine

from server.kernel.settings import read_settings
from server.tables.migrate import engine_for

DB: Engine[Any] = engine_for(read_settings(os.environ))
APP_REGISTRY = AppRegistry(apps=["server.tables.piccolo_app"])
