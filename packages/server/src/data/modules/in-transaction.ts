import type pg from "pg";

/**
 * Does some work in one transaction on a connection of its own, and undoes it when the work throws. A connection on which
 * the transaction could not even be ended is not used again.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isSound = false;
  try {
    await client.query("begin");
    try {
      const result = await work(client);
      await client.query("commit");
      isSound = true;
      return result;
    } catch (error) {
      await client.query("rollback");
      isSound = true;
      throw error;
    }
  } finally {
    client.release(!isSound);
  }
}
