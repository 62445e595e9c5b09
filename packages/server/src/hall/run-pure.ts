import type { Chunk, Place } from "@guildhall/sdk";
import type { RegisteredCommand } from "../commands/command-registry.ts";
import type { CommandValues } from "../commands/parse-arguments.ts";
import { chunkRow, type NewAction } from "../data/action-log.ts";
import type { User } from "../data/models.ts";
import { commandUser, type RunSurroundings } from "./action-runner.ts";
import { executeCommand } from "./execute-command.ts";
import { HandedIn, type Handed } from "./handed-in.ts";

/** A pure command's action as it is to be recorded, and what is to be done once it is. */
export interface PureRun extends Pick<Handed, "after"> {
  readonly item: NewAction;
}

/** Runs a command without effects, so that it can be recorded complete. @throws LineRefusedError */
export async function runPure(
  base: NewAction,
  run: {
    readonly registered: RegisteredCommand;
    readonly values: CommandValues;
    readonly user: User;
    readonly place: Place;
    readonly surroundings: RunSurroundings;
  },
): Promise<PureRun> {
  const { registered, values, place, surroundings } = run;
  const { clock, random, log } = surroundings;
  const chunks: Chunk[] = [];
  const controller = new AbortController();
  const handedIn = new HandedIn(registered);
  const end = await executeCommand({
    registered,
    values,
    controller,
    surroundings,
    emit: (chunk) => void chunks.push(chunk),
    context: {
      user: commandUser(run.user),
      action: { id: base.id, attempt: 1 },
      threadId: base.thread_id,
      place,
      signal: controller.signal,
      clock,
      random,
      log,
      withRecord: handedIn.withRecord,
      afterRecord: handedIn.afterRecord,
      handOver: async () => {
        throw new TypeError(`the pure command "${base.handler_name}" cannot hand over`);
      },
    },
  });
  const { rows, after } = handedIn.take();
  const finished = { end: { ...end, at: clock.now() }, chunks: chunks.map(chunkRow), rows };
  return { item: { ...base, finished }, after };
}
