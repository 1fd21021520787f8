"""Starts the app on a phone or tablet."""

import flet as ft

from phone.start import make_main

if __name__ == "__main__":
    ft.run(make_main(api_url="https://", fixed_server=False))
