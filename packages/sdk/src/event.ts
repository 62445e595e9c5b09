declare const payloadType: unique symbol;

/** Names something that happens in a hall, and the type of what is told of it. */
export interface EventRef<Payload> {
  readonly name: string;
  readonly [payloadType]?: (payload: Payload) => void;
}

/** Makes a reference to the event called `name`; keep it in the module's `ref.ts` and list it under `emits`. */
export function eventRef<Payload>(name: string): EventRef<Payload> {
  return { name };
}

/**
 * Happens once, when the modules have started and before anybody is served. One that starts later, because it was slow or
 * was ended and started again, does not hear of it.
 */
export const appStartup = eventRef<{ readonly modules: readonly string[] }>("app_startup");

/** The priority of a handler that names none. */
export const DEFAULT_EVENT_PRIORITY = 10;

/** What is done when an event happens. Made by {@link on}. */
export interface EventHandler {
  readonly event: string;
  /** Lower ones come first; equal ones in the order in which their modules started. */
  readonly priority: number;
  // Declared as a method, so that a handler of a particular payload is a handler.
  handle(payload: unknown): Promise<void> | void;
}

/**
 * Handles an event. A handler that throws is logged and stops no other.
 *
 * @param options.when leaves out what it answers false for
 */
export function on<Payload>(
  event: EventRef<Payload>,
  handle: (payload: Payload) => Promise<void> | void,
  options: { readonly priority?: number; readonly when?: (payload: Payload) => boolean } = {},
): EventHandler {
  const { priority = DEFAULT_EVENT_PRIORITY, when } = options;
  return {
    event: event.name,
    priority,
    handle(payload: Payload) {
      return when && !when(payload) ? undefined : handle(payload);
    },
  };
}

/** Tells the hall that something has happened. */
export interface Events {
  /**
   * Runs the event's handlers one after another and returns when the last has ended. An event that no running module
   * lists under `emits` is logged as a warning and goes nowhere.
   */
  emit<Payload>(event: EventRef<Payload>, payload: NoInfer<Payload>): Promise<void>;
}
