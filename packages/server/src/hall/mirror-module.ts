import {
  CommandError,
  defineCommand,
  defineModule,
  defineService,
  flag,
  ObjectStoreError,
  plainText,
  table,
  type Module,
} from "@guildhall/sdk";
import { MirrorError } from "../data/mirror/mirror-error.ts";
import { stepSentence, type ShowStep } from "../data/mirror/mirror-step.ts";
import type { Mirror } from "./mirror.ts";
import { withProgress } from "./with-progress.ts";

const TIME_LIMIT_SECONDS = 6 * 3600;
const JITTER_SECONDS = 60;

/** The mirror's commands and its service. @param given.mirror undefined when no object store is set */
export function mirrorModule({ mirror }: { readonly mirror: Mirror | undefined }): Module {
  const there = (): Mirror => {
    if (mirror) return mirror;
    throw new CommandError(
      "This hall has no mirror: set GUILDHALL_OBJECTS__URL to file://FOLDER, azure://CONTAINER/PREFIX or s3://BUCKET/PREFIX.",
      { code: "mirror_off" },
    );
  };

  const status = defineCommand({
    name: "status",
    summary: "Show what the mirror has, and how the last runs went",
    permission: "administrator",
    async *run(_values, { signal }) {
      const sets = await told(() => there().status(signal));
      yield table({
        columns: ["data", "versions", "newest", "taken at", "last run", "how that went"],
        rows: sets.map(({ dataSet, versions, newest, last }) => [
          dataSet,
          versions,
          newest?.sequence ?? "",
          newest?.takenAt ?? "nothing is stored",
          last?.at.toISOString() ?? "",
          last?.note ?? "no run since this hall was opened",
        ]),
      });
    },
  });

  const now = defineCommand({
    name: "now",
    summary: "Mirror the hall now and wait for the end",
    arguments: {
      takeOver: flag(
        undefined,
        "also when the mirror holds another hall, whose versions are kept by the rule",
      ),
    },
    examples: ["mirror now", "mirror now --take-over"],
    permission: "administrator",
    timeLimitSeconds: TIME_LIMIT_SECONDS,
    async *run({ takeOver }, { signal, clock }) {
      const work = (show: ShowStep) => told(() => there().run({ signal, takeOver, progress: show }));
      yield plainText(yield* withProgress(clock, work));
    },
  });

  const verify = defineCommand({
    name: "verify",
    summary: "Read everything in the mirror and compare it with its sums",
    description: "What is damaged is laid aside; the next run stores it again where the hall still has it.",
    permission: "administrator",
    timeLimitSeconds: TIME_LIMIT_SECONDS,
    async *run(_values, { signal, clock }) {
      const work = (show: ShowStep) => told(() => there().verify({ signal, progress: show }));
      const { sentences, isWhole } = yield* withProgress(clock, work);
      if (!isWhole) throw new CommandError(sentences.join(" "), { code: "mirror_damaged" });
      yield plainText(sentences.join(" "));
    },
  });

  return defineModule({
    name: "mirror",
    summary: "The copy of the hall's data in an object store",
    initialize: () => ({
      commands: [
        defineCommand({
          name: "mirror",
          summary: "See and steer the copy of the hall's data in an object store",
          description:
            'To bring a hall back, stop it and type "guildhall mirror restore" in a terminal of its machine.',
          commands: [status, now, verify],
        }),
      ],
      services: mirror
        ? [
            defineService({
              name: "mirror",
              summary: "Copies what changed into the object store",
              schedule: { everySeconds: mirror.settings.everySeconds },
              jitterSeconds: JITTER_SECONDS,
              timeLimitSeconds: TIME_LIMIT_SECONDS,
              run: async ({ signal, progress }) => ({
                note: await mirror.run({ signal, progress: (step) => progress(stepSentence(step)) }),
              }),
            }),
          ]
        : [],
      healthCheck: async () => {
        const faults = mirror?.faults() ?? [];
        return faults.length === 0
          ? { status: "healthy" }
          : { status: "degraded", detail: faults.join("; ") };
      },
    }),
  });
}

/** Lets a person read what the mirror or its store says. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MirrorError)
      throw new CommandError(error.message, { code: error.code, cause: error });
    if (error instanceof ObjectStoreError) {
      throw new CommandError(error.message, { code: `objects_${error.code}`, cause: error });
    }
    throw error;
  }
}
