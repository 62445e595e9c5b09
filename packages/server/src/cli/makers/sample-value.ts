import { z } from "zod";

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "00000000-0000-7000-8000-000000000001",
  email: "ada@example.org",
  uri: "https://example.org/",
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00",
  ipv4: "192.0.2.1",
};

const Shape = z.looseObject({
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  default: z.json().optional(),
  examples: z.array(z.json()).optional(),
  type: z.string().optional(),
  format: z.string().optional(),
  minLength: z.int().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  minItems: z.int().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

/**
 * A value that a schema takes, made from its JSON Schema; undefined when none of those tried will do. What the schema's
 * author gives as an example comes first.
 */
export function sampleValue(schema: z.ZodType): unknown {
  const described = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const value = sample(described);
  return schema.safeParse(value).success ? value : undefined;
}

function sample(described: unknown): unknown {
  const parsed = Shape.safeParse(described);
  if (!parsed.success) return undefined;
  const shape = parsed.data;
  const [given] = [shape.const, ...(shape.examples ?? []), shape.default, ...(shape.enum ?? [])].filter(
    (value) => value !== undefined,
  );
  if (given !== undefined) return given;
  const [alternative] = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  if (alternative !== undefined) return sample(alternative);
  switch (shape.type) {
    case "string":
      return FORMATS[shape.format ?? ""] ?? "a".repeat(Math.max(1, shape.minLength ?? 1));
    case "integer":
    case "number":
      return shape.minimum ?? (shape.exclusiveMinimum === undefined ? 1 : shape.exclusiveMinimum + 1);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: shape.minItems ?? 0 }, () => sample(shape.items));
    case "object":
      return Object.fromEntries((shape.required ?? []).map((key) => [key, sample(shape.properties?.[key])]));
    case undefined:
    default:
      return "a";
  }
}
