/** The generators in Python, their themes and plugins, which share one environment, by version. */
export const PYTHON = {
  'mkdocs': '1.6.1', 'mkdocs-material': '9.8.2', 'mkdocs-static-i18n': '1.3.1', 'zensical': '0.0.50', 'sphinx': '9.0.4', 'furo': '2025.12.19', 'myst-parser': '5.0.0', 'hugo': '0.168.0',
};
