/** The store cannot be served as it is. The message says what to do. */
export class StoreRefusedError extends Error {
  readonly code = "store_refused";

  constructor(message: string) {
    super(message);
    this.name = "StoreRefusedError";
  }
}
