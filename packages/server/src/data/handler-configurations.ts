import type { JsonValue } from "@guildhall/sdk";
import type { Kysely } from "kysely";
import type { ActionHandlerConfiguration } from "./models.ts";
import { storableJson } from "./storable.ts";
import type { Tables } from "./tables/all-tables.ts";
import { newId } from "./uuid.ts";

/** The user's settings of a command; `{}` when none were made. */
export async function readHandlerConfiguration(
  queries: Kysely<Tables>,
  { userId, handlerName }: { userId: string; handlerName: string },
): Promise<ActionHandlerConfiguration> {
  const found = await queries
    .selectFrom("actions.action_handler_configurations")
    .select(["action_handler_name", "configuration", "updated_at"])
    .where("action_handler_name", "=", handlerName)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return found ?? { action_handler_name: handlerName, configuration: {}, updated_at: null };
}

/** Makes or replaces the user's settings of a command. */
export async function writeHandlerConfiguration(
  queries: Kysely<Tables>,
  given: { userId: string; handlerName: string; configuration: JsonValue; at: Date },
): Promise<ActionHandlerConfiguration> {
  const { userId, handlerName, at } = given;
  const text = JSON.stringify(storableJson(given.configuration));
  return await queries
    .insertInto("actions.action_handler_configurations")
    .values({
      id: newId(),
      action_handler_name: handlerName,
      user_id: userId,
      created_at: at,
      updated_at: at,
      configuration: text,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["action_handler_name", "user_id"])
        .doUpdateSet({ configuration: text, updated_at: at }),
    )
    .returning(["action_handler_name", "configuration", "updated_at"])
    .executeTakeFirstOrThrow();
}
