import { DIALECTS, type DialectName } from "./dialect.ts";
import { DiceError } from "./dice-error.ts";
import { parse, type ParseOptions } from "./parse.ts";

/** The dialects in which a text is an expression too, but another one. */
export function otherMeanings(text: string, options: ParseOptions = {}): readonly DialectName[] {
  const dialect = options.dialect ?? "guildhall";
  const own = meaning(text, { ...options, dialect });
  return DIALECTS.filter((other) => {
    if (other === dialect) return false;
    const its = meaning(text, { ...options, dialect: other });
    return its !== undefined && its !== own;
  });
}

function meaning(text: string, options: ParseOptions): string | undefined {
  try {
    return JSON.stringify(parse(text, options), (key, value: unknown) => (key === "at" ? undefined : value));
  } catch (error) {
    if (error instanceof DiceError) return undefined;
    throw error;
  }
}
