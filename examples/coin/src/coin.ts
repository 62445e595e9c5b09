import { defineCommand, defineModule, integer, plainText } from "@guildhall/sdk";

/** Tosses coins; the example of a module that is a package. */
export const coin = defineModule({
  name: "coin",
  summary: "Tosses coins",
  initialize: () => ({
    commands: [
      defineCommand({
        name: "coin",
        summary: "Toss coins",
        arguments: { count: integer("how many", { min: 1, max: 100, default: 1 }) },
        examples: ["coin 3"],
        pure: true,
        *run({ count }, { random }) {
          const tosses = Array.from({ length: count }, () =>
            random.integer(0, 1) === 0 ? "heads" : "tails",
          );
          yield plainText(tosses.join(", "));
        },
      }),
    ],
  }),
});
