/** The wire form of a camelCase argument name: `rerollOnes` is `reroll_ones` in JSON. */
export function toSnakeCase(camelCase: string): string {
  return separated({ camelCase, separator: "_" });
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
