import { describe, expect, it } from "vitest";
import { draftOf, readDraft, schemaFields } from "./schema-fields.ts";

const schema = {
  type: "object",
  properties: {
    greeting: { type: "string", maxLength: 20, description: "What the keeper says" },
    maxDice: { type: "integer", minimum: 1, maximum: 9 },
    loud: { type: "boolean" },
    table: { type: "string", enum: ["window", "fire"] },
    seats: { type: "object", properties: {} },
    token: { type: "string", secret: true },
  },
};

describe("schemaFields", () => {
  it("tells how each property is filled in", () => {
    expect(schemaFields(schema).map(({ label, kind }) => [label, kind.kind])).toEqual([
      ["Greeting", "text"],
      ["Max dice", "number"],
      ["Loud", "switch"],
      ["Table", "choice"],
      ["Seats", "json"],
      ["Token", "text"],
    ]);
    expect(schemaFields(schema).at(-1)?.isSecret).toBe(true);
  });

  it.each([null, "no schema", { properties: 3 }, {}])("finds no field in %j", (odd) => {
    expect(schemaFields(odd)).toEqual([]);
  });
});

describe("readDraft", () => {
  const values = { greeting: "Hail!", maxDice: 4, loud: true, table: "fire", seats: { a: [1] }, token: "x" };

  it("reads back every value as it was drawn", () => {
    for (const field of schemaFields(schema)) {
      const value: unknown = Reflect.get(values, field.name);
      expect(readDraft(field, draftOf(field, value))).toEqual({ ok: true, value });
    }
  });

  it("leaves an empty box to the default, and says what is wrong with another", () => {
    const [text, number, , , json] = schemaFields(schema);
    if (!text || !number || !json) throw new Error("no fields");
    expect(readDraft(text, "")).toEqual({ ok: true, value: undefined });
    expect(readDraft(number, "four")).toMatchObject({ ok: false });
    expect(readDraft(json, "{")).toMatchObject({ ok: false });
  });
});
