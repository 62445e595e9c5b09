import { z } from "zod";
import { hallEnvironment } from "../lab/hall.ts";
import { benchProgram, GUILDHALL } from "../lab/places.ts";
import { peakOf } from "../lab/process-tree.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, spread, type Benchmark } from "../report.ts";

const FEW = 1000;
const BUDGET = 1.15;
/** Little room, so that the engine collects its garbage early and the peak shows what is really held. */
const HEAP = "--max-old-space-size=80 --max-semi-space-size=2";
const PATIENCE_MILLISECONDS = 900_000;
const HISTORY = new URL("../clients/slack-history.ts", import.meta.url);

const History = z.object({ apiUrl: z.url(), teamId: z.string() });

interface Round {
  /** The most that the hall's Node process ever had resident, in MiB. */
  readonly peak: number;
  readonly seconds: number;
  readonly told: string;
}

/** Memory of a hall that backs up a long channel, beside one that backs up a shorter one. */
export const backup: Benchmark = {
  name: "backup",
  summary: "memory while 100,000 messages of a channel are backed up",
  run: async ({ quick, progress }) => {
    const rounds = quick ? 1 : 3;
    const most = quick ? 30_000 : 100_000;
    const many: Round[] = [];
    const few: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      few.push(await backUp(FEW));
      many.push(await backUp(most));
      progress(`round ${round + 1} of ${rounds}: ${many.at(-1)?.told ?? ""}`);
    }
    const peaks = (measured: readonly Round[]) => measured.map(({ peak }) => peak);
    const ratio = median(peaks(many).map((peak, index) => peak / (peaks(few)[index] ?? Number.NaN)));
    return {
      rows: [
        {
          measure: `peak of the Node process, ${most.toLocaleString("en")} messages beside ${FEW.toLocaleString("en")}`,
          hall: spread(peaks(many), "MiB", 1),
          floor: spread(peaks(few), "MiB", 1),
          ratio,
          budget: `<= ${BUDGET.toFixed(2)}`,
          met: ratio <= BUDGET,
        },
        {
          measure: "messages a second",
          hall: spread(
            many.map(({ seconds }) => most / seconds),
            "messages/s",
          ),
          floor: spread(
            few.map(({ seconds }) => FEW / seconds),
            "messages/s",
          ),
        },
      ],
      notes: [
        `The whole hall with its embedded store reads a Slack of this machine in pages of 200, every twentieth message with a thread, and stores into its data folder. The peak is the kernel's (VmHWM), since the process began. The hall has little heap (${HEAP}): with more, the engine lets garbage lie, and a thousand messages are read before it has taken the room for that.`,
      ],
    };
  },
};

async function backUp(messages: number): Promise<Round> {
  await using workshop = new Workshop();
  const history = await workshop.start({
    args: [...benchProgram(HISTORY), String(messages)],
    ready: /^\{.*\}$/,
  });
  const { apiUrl, teamId } = History.parse(JSON.parse(history.ready));
  const environment = {
    ...hallEnvironment({ dataFolder: await workshop.folder() }),
    GUILDHALL_SLACK__SIGNING_SECRET: "a secret of the benchmarks",
    GUILDHALL_SLACK__BOT_TOKENS: `${teamId}=xoxb-of-the-benchmarks`,
    GUILDHALL_SLACK__API_URL: apiUrl,
  };
  const hall = await workshop.start({
    args: [GUILDHALL, "start"],
    env: { ...environment, NODE_OPTIONS: HEAP },
    ready: /^Guildhall is open at (.*)$/,
  });
  const begun = performance.now();
  const told = await workshop.run({
    args: [GUILDHALL, "service", "run", "chat-backup"],
    env: environment,
    ready: /^(.*new records.*)$/,
    patienceMilliseconds: PATIENCE_MILLISECONDS,
  });
  const seconds = (performance.now() - begun) / 1000;
  return { peak: await peakOf(hall.pid), seconds, told };
}
