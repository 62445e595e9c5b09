import type { Logger } from "@guildhall/sdk";

const quiet = (): void => undefined;

/** A log that nobody reads. */
export const silentLog: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
