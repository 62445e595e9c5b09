export {
  choice,
  flag,
  integer,
  number,
  option,
  rest,
  text,
  type Argument,
  type ArgumentKind,
  type Arguments,
  type ArgumentValues,
  type ValueType,
} from "./argument.ts";
export {
  buttons,
  chart,
  escapeMarkdown,
  file,
  html,
  image,
  json,
  markdown,
  mermaid,
  MIME,
  plainText,
  progress,
  table,
  type BinaryChunk,
  type Chunk,
  type TextChunk,
} from "./chunk.ts";
export {
  CommandError,
  DEFAULT_TIME_LIMIT_SECONDS,
  defineCommand,
  type Command,
  type CommandContext,
  type CommandUser,
  type HandOver,
} from "./command.ts";
export type { JsonValue } from "./json.ts";
export {
  defineModule,
  moduleRef,
  type DependencyApis,
  type Module,
  type ModuleContext,
  type ModuleDependencies,
  type ModuleHealth,
  type ModuleParts,
  type ModuleRef,
} from "./module.ts";
export type { Clock, Logger, LogFacts, Random } from "./surroundings.ts";
