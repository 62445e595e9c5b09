import { CommandError, ObjectStoreError, type Chunk, type Command } from "@guildhall/sdk";

/** The command, which tells a person in a sentence what the object store did not do. */
export function withToldFaults(command: Command): Command {
  return {
    ...command,
    ...(command.run ? { run: (values, context) => told(command.run?.(values, context) ?? []) } : {}),
  };
}

async function* told(output: AsyncIterable<Chunk> | Iterable<Chunk>): AsyncGenerator<Chunk> {
  try {
    yield* output;
  } catch (error) {
    if (!(error instanceof ObjectStoreError)) throw error;
    const advice = error.code === "corrupt" ? ' An administrator can type "backup verify".' : "";
    throw new CommandError(`${error.message}${advice}`, { code: "backup_unreadable", cause: error });
  }
}
