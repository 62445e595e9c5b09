import * as z from "zod/mini";

/** A field of a form, as far as JSON Schema tells how it is filled in. */
export interface SchemaField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: FieldKind;
  readonly isSecret: boolean;
}

/** How a field is filled in; what is none of the simple kinds is typed as JSON. */
export type FieldKind =
  | { readonly kind: "text"; readonly maxLength: number | undefined }
  | {
      readonly kind: "number";
      readonly isWhole: boolean;
      readonly min: number | undefined;
      readonly max: number | undefined;
    }
  | { readonly kind: "switch" }
  | { readonly kind: "choice"; readonly words: readonly string[] }
  | { readonly kind: "json" };

const Property = z.looseObject({
  type: z.optional(z.unknown()),
  enum: z.optional(z.array(z.unknown())),
  title: z.optional(z.string()),
  description: z.optional(z.string()),
  minimum: z.optional(z.number()),
  maximum: z.optional(z.number()),
  maxLength: z.optional(z.number()),
  secret: z.optional(z.boolean()),
});
type Property = z.infer<typeof Property>;

const ObjectSchema = z.looseObject({ properties: z.optional(z.record(z.string(), Property)) });

/** The fields of a JSON Schema that describes an object, in its order. */
export function schemaFields(schema: unknown): readonly SchemaField[] {
  const { data } = ObjectSchema.safeParse(schema);
  return Object.entries(data?.properties ?? {}).map(([name, property]) => ({
    name,
    label: property.title ?? words(name),
    hint: property.description ?? "",
    kind: kindOf(property),
    isSecret: property.secret ?? false,
  }));
}

function kindOf(property: Property): FieldKind {
  const choices = property.enum?.filter((word) => typeof word === "string");
  if (choices && choices.length > 0 && choices.length === property.enum?.length) {
    return { kind: "choice", words: choices };
  }
  switch (property.type) {
    case "string":
      return { kind: "text", maxLength: property.maxLength };
    case "integer":
    case "number":
      return {
        kind: "number",
        isWhole: property.type === "integer",
        min: property.minimum,
        max: property.maximum,
      };
    case "boolean":
      return { kind: "switch" };
    default:
      return { kind: "json" };
  }
}

/** "maxDice" as a person would write it: "Max dice". */
function words(name: string): string {
  const spaced = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[-_.]+/g, " ")
    .toLowerCase();
  return spaced.slice(0, 1).toUpperCase() + spaced.slice(1);
}

/** A value as it stands in a box to type in. */
export function draftOf(field: SchemaField, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (field.kind.kind !== "json" && typeof value === "string") return value;
  return JSON.stringify(value, null, 2);
}

/** What was typed as a value; undefined for an empty box, which leaves the default. */
export function readDraft(
  field: SchemaField,
  draft: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
  switch (field.kind.kind) {
    case "switch":
      return { ok: true, value: draft === "true" };
    case "number":
      if (draft.trim() === "") return { ok: true, value: undefined };
      return Number.isFinite(Number(draft))
        ? { ok: true, value: Number(draft) }
        : { ok: false, reason: "It must be a number." };
    case "json":
      if (draft.trim() === "") return { ok: true, value: undefined };
      try {
        return { ok: true, value: JSON.parse(draft) };
      } catch {
        return { ok: false, reason: "It must be JSON." };
      }
    case "text":
    case "choice":
      return { ok: true, value: draft === "" ? undefined : draft };
  }
}
