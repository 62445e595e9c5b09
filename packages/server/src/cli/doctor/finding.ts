/** What the doctor found of one thing. */
export interface Finding {
  /** What was looked at, in one or two words. */
  readonly check: string;
  readonly status: "ok" | "warning" | "error";
  /** One sentence. */
  readonly detail: string;
  /** How to mend it; absent when nothing needs to be mended. */
  readonly remedy?: string;
}

/** Nothing needs to be mended. */
export function well(check: string, detail: string): Finding {
  return { check, status: "ok", detail };
}

/** It works, but not as well as it could, or not for long. */
export function doubtful(check: string, detail: string, remedy: string): Finding {
  return { check, status: "warning", detail, remedy };
}

/** It does not work. */
export function wrong(check: string, detail: string, remedy: string): Finding {
  return { check, status: "error", detail, remedy };
}
