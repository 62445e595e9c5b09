import type { Kysely } from "kysely";
import { DataError } from "./data-error.ts";
import type { User } from "./models.ts";
import { storable } from "./storable.ts";
import { brokenConstraint, storeFault } from "./store-error.ts";
import type { Tables } from "./tables/all-tables.ts";
import { newId } from "./uuid.ts";

/** The columns of a user that {@link User} carries. */
export const USER_COLUMNS = [
  "id",
  "kind",
  "is_active",
  "is_administrator",
  "email",
  "display_name",
  "created_at",
] as const;

/** What a new user is made of; the e-mail address is kept in lower case. */
export interface NewUser {
  readonly email: string;
  readonly display_name?: string | undefined;
  readonly kind?: User["kind"];
  readonly is_administrator?: boolean;
  readonly password_hash: string | null;
}

/** @throws DataError `email_taken` */
export async function insertUser(
  queries: Kysely<Tables>,
  user: NewUser & { readonly at: Date },
): Promise<User> {
  const email = storable(user.email.toLowerCase());
  try {
    return await queries
      .insertInto("people.users")
      .values({
        id: newId(),
        kind: user.kind ?? "person",
        email,
        display_name: storable(user.display_name ?? email.split("@")[0] ?? email),
        is_administrator: user.is_administrator ?? false,
        password_hash: user.password_hash,
        created_at: user.at,
      })
      .returning(USER_COLUMNS)
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (storeFault(error) === "unique" && brokenConstraint(error) === "users_email_key") {
      throw emailTaken(email);
    }
    throw error;
  }
}

/** The refusal of an e-mail address that a user has already. */
export function emailTaken(email: string): DataError {
  return new DataError("email_taken", `There is already a user with the e-mail address ${email}.`);
}
