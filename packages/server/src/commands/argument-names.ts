// Only names that commands declare come here, and each comes with every call.
const snakeCases = new Map<string, string>();

/** The wire form of a declared argument's camelCase name: `rerollOnes` is `reroll_ones` in JSON. */
export function toSnakeCase(camelCase: string): string {
  let snakeCase = snakeCases.get(camelCase);
  if (snakeCase === undefined) {
    snakeCase = separated({ camelCase, separator: "_" });
    snakeCases.set(camelCase, snakeCase);
  }
  return snakeCase;
}

/** The typed form of a camelCase argument name: `rerollOnes` is `--reroll-ones` on a line. */
export function toKebabCase(camelCase: string): string {
  return separated({ camelCase, separator: "-" });
}

/** The argument name behind a wire name; the inverse of {@link toSnakeCase}. */
export function toCamelCase(snakeCase: string): string {
  return snakeCase.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function separated({ camelCase, separator }: { camelCase: string; separator: string }): string {
  return camelCase.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}
