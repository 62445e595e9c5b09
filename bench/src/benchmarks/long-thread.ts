import { fillThread } from "../lab/fill-thread.ts";
import { makeThread, postJson, signIn, startHall } from "../lab/hall.ts";
import { putLoad } from "../lab/load.ts";
import { withEmbeddedStore } from "../lab/store-client.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, type Benchmark, type Row } from "../report.ts";

const BUDGET = 1.5;
const PAGE = 50;
const SHORT = 1000;
const LONG = 1_000_000;
const LONG_QUICK = 20_000;

/** The last page of a very long thread beside that of a short one, and pages from the middle of both. */
export const longThread: Benchmark = {
  name: "long-thread",
  summary: "GET of a page of a thread with 1,000,000 actions",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const dataFolder = await workshop.folder();
    const hall = await startHall(workshop, { dataFolder });
    const headers = await signIn(workshop, hall);
    const long = { actions: quick ? LONG_QUICK : LONG, id: await makeThread(hall.url, headers) };
    const short = { actions: SHORT, id: await makeThread(hall.url, headers) };
    const begun = performance.now();
    for (const { id, actions } of [short, long]) {
      // One real action, which the store then repeats.
      const url = `${hall.url}/api/v1/commands/roll?thread_id=${id}`;
      await postJson(url, { expression: "4d6kh3", purpose: "damage" }, headers);
      await withEmbeddedStore(dataFolder, (client) => fillThread(client, { threadId: id, actions }));
    }
    await withEmbeddedStore(dataFolder, async (client) => {
      await client.query("vacuum analyze");
      await client.query("checkpoint");
    });
    progress(`filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);

    const rounds = quick ? 2 : 6;
    const seconds = quick ? 1 : 3;
    const pages = [
      { name: "last page", before: () => "" },
      { name: "page in the middle", before: (actions: number) => `&before=${Math.floor(actions / 2)}` },
    ];
    const rows: Row[] = [];
    for (const { name, before } of pages) {
      const times: { p50: number[]; p99: number[] }[] = [];
      for (let round = -1; round < rounds; round += 1) {
        for (const [index, { id, actions }] of [long, short].entries()) {
          const url = `${hall.url}/api/v1/threads/${id}?limit=${PAGE}${before(actions)}`;
          const load = await putLoad(workshop, { url, headers, method: "GET", connections: 1, seconds });
          // The first round warms the cache.
          if (round < 0) continue;
          const side = (times[index] ??= { p50: [], p99: [] });
          side.p50.push(load.p50);
          side.p99.push(load.p99);
        }
      }
      for (const part of ["p50", "p99"] as const) {
        const [ofLong, ofShort] = times.map((side) => median(side[part]));
        const ratio = (ofLong ?? Number.NaN) / (ofShort ?? Number.NaN);
        rows.push({
          measure: `${name}, ${part}`,
          hall: `${ofLong?.toFixed(2)} ms of ${long.actions.toLocaleString("en")}`,
          floor: `${ofShort?.toFixed(2)} ms of ${short.actions.toLocaleString("en")}`,
          ratio,
          budget: `<= ${BUDGET.toFixed(2)}`,
          met: ratio <= BUDGET,
        });
      }
    }
    return {
      rows,
      notes: [
        `One connection; pages of ${PAGE} actions, each with two chunks. The peer is the same hall's short thread. ${rounds} rounds of ${seconds} s in turn.`,
      ],
    };
  },
};
