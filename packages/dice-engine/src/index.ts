export type { Names } from "./compile.ts";
export { DIALECTS, type DialectName } from "./dialect.ts";
export { DiceError, type DiceErrorCode } from "./dice-error.ts";
export { DEFAULT_LIMITS, limitsOf, type LimitName, type Limits } from "./limits.ts";
export {
  Odds,
  oddsOf,
  quickOddsOf,
  ratioText,
  ratioToNumber,
  type OddsMethod,
  type Ratio,
} from "./odds/odds.ts";
export { otherMeanings } from "./other-meanings.ts";
export { parse, parsePrefix, type ParsedPrefix, type ParseOptions } from "./parse.ts";
export { print } from "./print.ts";
export { BufferedRandom, randomFrom, type FillBytes, type RandomSource } from "./random-source.ts";
export type { Degree, Fate, Mark, RollDetail, RolledDie, RolledTerm } from "./roll-result.ts";
export { RecentMap } from "./recent-map.ts";
export { RollerCache } from "./roller-cache.ts";
export { Roller, type RollerOptions } from "./roller.ts";
export type { Condition, Expression, Face, Modifier, Operator, Selector, Sides } from "./syntax-tree.ts";
