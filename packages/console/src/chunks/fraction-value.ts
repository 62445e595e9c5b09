/** Eighteen digits behind the point: more than a chart can show. */
const SCALE = 10n ** 18n;

/** The value of 3, "3", "0.25" or "1/6", also where numerator and denominator are too large for a double. */
export function fractionValue(text: string | number): number {
  if (typeof text === "number") return text;
  const match = /^(-?\d+)\/(\d*[1-9]\d*)$/.exec(text);
  if (!match) return Number(text);
  const [, numerator = "0", denominator = "1"] = match;
  return Number((BigInt(numerator) * SCALE) / BigInt(denominator)) / Number(SCALE);
}
