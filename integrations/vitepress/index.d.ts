/**
 * A site's configuration with the search.
 * @param options attributes: of the search box, see docs/component.md
 */
export function withSearch<Config extends object>(config: Config, options?: { attributes?: Record<string, string> }): Config;
