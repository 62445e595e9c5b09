/** Why the mirror did not do what it was asked. */
export type MirrorErrorCode =
  /** There is nothing to restore. */
  | "mirror_empty"
  /** The mirror holds another hall, or this one's successor. */
  | "mirror_of_another"
  /** What is here is newer than the mirror, or its place is taken. */
  | "mirror_older"
  /** Something of the mirror is missing or damaged. */
  | "mirror_damaged"
  /** No object store is set. */
  | "mirror_off";

/** The mirror did not do what it was asked. The message is a sentence that says what to do. */
export class MirrorError extends Error {
  readonly code: MirrorErrorCode;

  constructor(code: MirrorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MirrorError";
    this.code = code;
  }
}
