import type { State, WorkspaceName } from "@guildhall/sdk";
import { z } from "zod";
import type { Memory } from "./decide.ts";

const Instant = z.iso.datetime().transform((text) => new Date(text));
const Stored = z.object({
  due: Instant.optional(),
  first: Instant.optional(),
  second: Instant.optional(),
});

/** What is remembered of each workspace, in UTC, so that a restart forgets nothing. */
export class ReminderMemory {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async read(workspace: WorkspaceName): Promise<Memory> {
    return parse(await this.#state.get(keyOf(workspace)));
  }

  /** Replaces what is remembered, but lets no reminder come earlier than a break that was taken meanwhile. */
  async write(workspace: WorkspaceName, memory: Memory): Promise<void> {
    await this.#state.update(keyOf(workspace), (before) => {
      const { due } = parse(before);
      return stored({ ...memory, due: due && (!memory.due || due > memory.due) ? due : memory.due });
    });
  }

  /** Puts reminders off until an instant, and never forward. Returns the instant that holds, and whether it changed. */
  async putOff(workspace: WorkspaceName, until: Date): Promise<{ due: Date; isLater: boolean }> {
    let result = { due: until, isLater: true };
    await this.#state.update(keyOf(workspace), (before) => {
      const memory = parse(before);
      const isLater = !memory.due || until > memory.due;
      result = { due: isLater ? until : (memory.due ?? until), isLater };
      return stored({ ...memory, due: result.due });
    });
    return result;
  }

  /** Forgets when the next reminder was due, as new rules do. */
  async forget(workspace: WorkspaceName): Promise<void> {
    await this.#state.set(keyOf(workspace), {});
  }
}

function keyOf({ adapter, workspaceId }: WorkspaceName): string {
  return `reminder_${adapter}_${workspaceId}`;
}

function parse(value: unknown): Memory {
  return Stored.safeParse(value ?? {}).data ?? {};
}

function stored(memory: Memory): Record<string, string> {
  return Object.fromEntries(
    Object.entries(memory).flatMap(([name, at]) => (at instanceof Date ? [[name, at.toISOString()]] : [])),
  );
}
