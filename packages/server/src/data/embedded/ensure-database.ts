import { Client, DatabaseError, escapeIdentifier } from "pg";

/** Where a client finds the server: the names `pg` uses. `host` is the folder of its Unix socket. */
export interface StoreConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

const NO_SUCH_DATABASE = "3D000";
const DATABASE_EXISTS = "42P04";

/**
 * Connects to the store's database, which proves that the server serves, and makes the database where it
 * is missing. Throws the error of `pg` when the server refuses either.
 */
export async function ensureDatabase(connection: StoreConnection): Promise<void> {
  try {
    await withClient(connection, () => Promise.resolve());
    return;
  } catch (error) {
    if (sqlState(error) !== NO_SUCH_DATABASE) throw error;
  }
  try {
    await withClient({ ...connection, database: "postgres" }, async (client) => {
      await client.query(`create database ${escapeIdentifier(connection.database)}`);
    });
  } catch (error) {
    if (sqlState(error) !== DATABASE_EXISTS) throw error;
  }
}

async function withClient(
  connection: StoreConnection,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client(connection);
  // A connection that breaks rejects the query under way; without a listener it would also end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}
