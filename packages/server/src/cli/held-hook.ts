/** The name, in the global object, of the function that the watch over the thread has called. */
export const HELD_HOOK = Symbol.for("guildhall.thread-held");
