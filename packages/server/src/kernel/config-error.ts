/** A setting that cannot be used. The message names it, where it came from and what it may be. */
export class ConfigError extends Error {
  readonly code = "config_invalid";

  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}
