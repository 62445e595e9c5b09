import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bigBytes, SECRET_MESSAGE } from "../support/sample-module.ts";
import { stores, type TestStore } from "../support/stores.ts";

/** The two people of the contract, who share a channel or a thread. */
export type Somebody = "ann" | "bob";

/** A button as it is shown. */
export interface ShownButton {
  readonly label: string;
  readonly forAsker: boolean;
  /** Presses it, also for somebody to whom the platform would not show it. */
  press(who: Somebody): Promise<Shown>;
}

/** What a line led to, as people see it at its end: without the platform's own escapes. */
export interface Shown {
  readonly kind: "output" | "help" | "line_invalid" | "refused";
  /** What everybody in the channel reads, in order. */
  readonly everybody: string;
  /** What only the asker reads, in order. */
  readonly asker: string;
  readonly files: readonly { readonly name: string; readonly bytes: Buffer; readonly forAsker: boolean }[];
  readonly buttons: readonly ShownButton[];
  /** The length of each text that was sent, in the platform's own count. */
  readonly lengths: readonly number[];
}

/** An adapter on a hall with the sample module, driven as its platform drives it. */
export interface AdapterUnderTest {
  /** Types a line and waits until all of its answer is shown. */
  type(who: Somebody, line: string): Promise<Shown>;
  /** Types a line that does not end by itself; resolves once its first output is shown. */
  begin(who: Somebody, line: string): Promise<RunningLine>;
  /** Sends the same delivery twice; how many actions and how many answers came of it. */
  typeTwice(who: Somebody, line: string): Promise<{ actions: number; answers: number }>;
  close(): Promise<void>;
}

/** A line whose action runs. */
export interface RunningLine {
  /** Asks for it to stop; what the person who asked is told, if anything. */
  cancel(who: Somebody): Promise<Shown | undefined>;
  /** What there is to see at its end. */
  ended(): Promise<Shown>;
}

/** What an adapter's platform has, and what its people see of others. */
export interface Abilities {
  /** False where only the asker reads anything. */
  readonly hasReaders: boolean;
  readonly hasButtons: boolean;
  /** The longest text of one message; undefined where there is no limit. */
  readonly longestText?: number;
  /** Whether progress replaces itself on screen, so that only the last of it stays. */
  readonly replacesProgress: boolean;
  /** What stands around bold, slanted and code text. */
  readonly marks: { readonly bold: string; readonly slanted: string; readonly code: string };
  /** How help begins. */
  readonly usage: RegExp;
}

const MEAN = "a & b < c > d *e* _f_ `g` ~h~ <!channel> <@U1> @everyone [x](y) | \\ # > end";

/** The one suite that every adapter passes: same command, same result, same errors, same order. */
export function describeAdapterContract(given: {
  readonly name: string;
  readonly abilities: Abilities;
  readonly open: (store: TestStore) => Promise<AdapterUnderTest>;
}): void {
  const { abilities } = given;
  describe.each(stores().slice(0, 1))(`the contract of adapters: ${given.name}`, (store) => {
    let opened: AdapterUnderTest | undefined;
    beforeAll(async () => {
      opened = await given.open(store);
    });
    afterAll(() => opened?.close());
    const adapter = () => {
      if (!opened) throw new Error("the adapter is open only while tests run");
      return opened;
    };
    const all = ({ everybody, asker }: Shown) => [everybody, asker].filter((text) => text !== "").join("\n");

    it("shows what a command puts out", async () => {
      const shown = await adapter().type("ann", "echo hello there");
      expect(shown.kind).toBe("output");
      expect(abilities.hasReaders ? shown.everybody : all(shown)).toContain("hello there");
    });

    it("shows what a person typed as it was typed, and lets it form no markup and call nobody", async () => {
      const quoted = `'${MEAN}'`;
      expect(all(await adapter().type("ann", `echo ${quoted}`))).toContain(MEAN);
      const { bold, slanted, code } = abilities.marks;
      const styled = all(await adapter().type("ann", `styled ${quoted}`));
      expect(styled).toContain(
        `${bold}bold${bold} and ${slanted}slanted${slanted} and ${code}code${code}: ${MEAN}`,
      );
    });

    it("shows chunks in their order, each once", async () => {
      const shown = all(await adapter().type("ann", "stream 60 --ms 5"));
      expect(shown.match(/chunk \d+/g)).toEqual(
        Array.from({ length: 60 }, (_, index) => `chunk ${index + 1}`),
      );
    });

    it("shows long output whole, split or attached, and no message longer than the platform takes", async () => {
      for (const count of [600, 20_000]) {
        const shown = await adapter().type("ann", `long ${count}`);
        // Attached, the beginning may be shown too.
        const [attached] = shown.files;
        const text = attached ? attached.bytes.toString() : all(shown);
        const words = text.match(/word\d+/g) ?? [];
        // Compared as numbers: a failure must not print twenty thousand words.
        expect(words.length).toBe(count);
        expect(words.findIndex((word, index) => word !== `word${index}`)).toBe(-1);
        for (const length of shown.lengths)
          expect(length).toBeLessThanOrEqual(abilities.longestText ?? length);
      }
    });

    it("shows a table with all of its cells", async () => {
      const shown = all(await adapter().type("ann", "scores"));
      for (const cell of ["name", "points", "Ada", "12", "Bob & <Co>", "7"]) expect(shown).toContain(cell);
    });

    it("gives files whole", async () => {
      const { files } = await adapter().type("ann", "big 3000");
      expect(files.map(({ name }) => name)).toEqual(["big.bin"]);
      expect(files[0]?.bytes.equals(Buffer.from(bigBytes(3000)))).toBe(true);
    });

    it("shows what is for the asker alone to the asker alone", async () => {
      const shown = await adapter().type("ann", "whisper");
      expect(shown.asker).toContain("for you alone");
      if (!abilities.hasReaders) return;
      expect(shown.everybody).toMatch(/for all[\s\S]*for all again/);
      expect(shown.everybody).not.toContain("for you alone");
      expect(shown.files.map(({ name, forAsker }) => [name, forAsker])).toEqual([["secret.txt", true]]);
    });

    it("answers a line that is wrong with what is wrong and the usage, and makes no action", async () => {
      const shown = await adapter().type("ann", "stream x");
      expect(shown.kind).toBe("line_invalid");
      expect(shown.everybody).toBe("");
      expect(shown.asker).toContain('"x" is not a whole number');
      expect(shown.asker).toMatch(/usage/i);
      expect((await adapter().type("ann", `echo "open`)).kind).toBe("line_invalid");
      const typo = await adapter().type("ann", "strem 3");
      expect(typo.asker).toContain("stream");
    });

    it("answers help in the platform's own markup, the same each time", async () => {
      const first = await adapter().type("ann", "stream --help");
      const again = await adapter().type("ann", "stream --help");
      expect(first.kind).toBe("help");
      expect(first.everybody).toBe("");
      expect(first.asker).toMatch(abilities.usage);
      expect(first.asker).toContain("how many chunks");
      expect(again.asker).toBe(first.asker);
      expect(all(await adapter().type("ann", "help echo"))).toContain("Say it again (pure)");
    });

    it("shows a person's mistake as it is, and of a programmer's fault only a reference", async () => {
      expect(all(await adapter().type("ann", "refuse"))).toContain("There is no goblin here. Try a dragon.");
      for (const line of ["fail", "pure-fail"]) {
        const shown = all(await adapter().type("ann", line));
        expect(shown).toMatch(/reference [0-9a-f-]{36}/);
        expect(shown).not.toContain(SECRET_MESSAGE);
      }
    });

    it("refuses what a person may not run", async () => {
      const shown = await adapter().type("ann", "admin-only");
      expect(shown.kind).toBe("refused");
      expect(shown.asker).toContain("Only administrators");
      expect(shown.everybody).toBe("");
    });

    it("shows progress, and the result behind it", async () => {
      const shown = all(await adapter().type("ann", "count 20 --ms 20"));
      expect(shown).toContain("counted");
      if (abilities.replacesProgress) expect(shown.match(/Counting/g)?.length ?? 0).toBeLessThanOrEqual(1);
    });

    it("starts nothing for a delivery that comes twice", async () => {
      expect(await adapter().typeTwice("ann", "stream 2")).toEqual({ actions: 1, answers: 1 });
    });

    it("stops what its asker cancels", async () => {
      const running = await adapter().begin("ann", "wait");
      if (abilities.hasReaders) {
        const refusal = await running.cancel("bob");
        expect(refusal?.kind).toBe("refused");
      }
      await running.cancel("ann");
      expect(all(await running.ended())).toMatch(/waiting/);
    });

    if (abilities.hasButtons) {
      it("runs a button as whoever presses it, and refuses another person's", async () => {
        const { buttons } = await adapter().type("ann", "choose");
        expect(buttons.map(({ label, forAsker }) => [label, forAsker])).toEqual([
          ["Echo", false],
          ["Where", false],
          ["Mine", true],
        ]);
        const pressed = await buttons[0]?.press("bob");
        expect(pressed && all(pressed)).toContain("pressed");
        expect((await buttons[2]?.press("bob"))?.kind).toBe("refused");
        const mine = await buttons[2]?.press("ann");
        expect(mine && all(mine)).toContain("mine");
      });
    }
  });
}
