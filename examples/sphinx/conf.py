project = "Lantern"
html_theme = "furo"
extensions = ["myst_parser"]

# The search box: _templates/sidebar/search.html.
templates_path = ["_templates"]
