import { appStartup, type EventHandler, type EventRef, type Events, type Logger } from "@guildhall/sdk";
import { actingAs } from "../../kernel/acting-module.ts";
import { toError } from "../../kernel/to-error.ts";
import { withinLimit } from "../../kernel/within-limit.ts";

const HANDLE_LIMIT_MILLISECONDS = 5000;

interface Subscription {
  readonly module: string;
  readonly handler: EventHandler;
  readonly log: Logger;
}

/** Two modules tell of one event. */
export class DuplicateEventError extends Error {}

/** What happens in a hall, and who handles it (requirements C-40). */
export class EventBus {
  readonly #owners = new Map<string, string>([[appStartup.name, "hall"]]);
  readonly #subscriptions = new Map<string, Subscription[]>();

  /** Makes events known for as long as their module runs; returns what undoes it. @throws DuplicateEventError */
  declare(events: readonly EventRef<never>[], { module }: { readonly module: string }): () => void {
    const added: string[] = [];
    const undo = () => added.forEach((name) => this.#owners.delete(name));
    for (const { name } of events) {
      const owner = this.#owners.get(name);
      if (owner !== undefined) {
        undo();
        throw new DuplicateEventError(
          owner === module
            ? `module "${module}" lists the event "${name}" twice: leave one out`
            : `modules "${owner}" and "${module}" both tell of the event "${name}": rename one, or leave one module out`,
        );
      }
      this.#owners.set(name, module);
      added.push(name);
    }
    return undo;
  }

  /** Adds a module's handlers; returns what takes them away. */
  subscribe(
    handlers: readonly EventHandler[],
    by: { readonly module: string; readonly log: Logger },
  ): () => void {
    const added = handlers.map((handler): Subscription => ({ ...by, handler }));
    for (const subscription of added) {
      const { event, priority } = subscription.handler;
      const list = this.#subscriptions.get(event) ?? [];
      const place = list.findIndex(({ handler }) => handler.priority > priority);
      list.splice(place < 0 ? list.length : place, 0, subscription);
      this.#subscriptions.set(event, list);
    }
    return () => {
      for (const subscription of added) {
        const { event } = subscription.handler;
        const list = (this.#subscriptions.get(event) ?? []).filter((one) => one !== subscription);
        if (list.length === 0) this.#subscriptions.delete(event);
        else this.#subscriptions.set(event, list);
      }
    };
  }

  /** The emitting side that a module is given. */
  for({ module, log }: { readonly module: string; readonly log: Logger }): Events {
    return {
      emit: async <Payload>(event: EventRef<Payload>, payload: Payload) => {
        if (!this.#owners.has(event.name)) {
          log.warn(
            { event: event.name, module },
            "an event that no module lists was told of; nobody hears it",
          );
          return;
        }
        await this.emit(event, payload);
      },
    };
  }

  /** Runs the handlers of an event, one after another; one that takes longer than 5 s is waited for no longer. */
  async emit<Payload>(event: EventRef<Payload>, payload: Payload): Promise<void> {
    for (const { module, handler, log } of (this.#subscriptions.get(event.name) ?? []).slice()) {
      try {
        await withinLimit(
          async () => await actingAs(module, async () => await handler.handle(payload)),
          HANDLE_LIMIT_MILLISECONDS,
          `it took longer than ${HANDLE_LIMIT_MILLISECONDS / 1000} s; the event went on without it`,
        );
      } catch (error) {
        log.error({ err: toError(error), event: event.name }, "a handler of an event failed");
      }
    }
  }
}
