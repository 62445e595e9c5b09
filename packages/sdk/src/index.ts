export { answerRequest, type RawRequest } from "./answer-request.ts";
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
export { DEFAULT_CACHE_SECONDS, type Cache, type CachedRead } from "./cache.ts";
export { channelPattern } from "./channel-pattern.ts";
export type {
  ChatChannel,
  ChatChannelQuery,
  ChatChannels,
  ChatFile,
  ChatMessage,
  ChatPage,
  ChatReading,
  PlatformChannels,
} from "./chat-channels.ts";
export {
  buttons,
  chart,
  escapeMarkdown,
  file,
  forAsker,
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
  type ButtonContent,
  type TextChunk,
} from "./chunk.ts";
export {
  CommandError,
  DEFAULT_TIME_LIMIT_SECONDS,
  defineCommand,
  LineRefusedError,
  type Asked,
  type Command,
  type CommandContext,
  type CommandUser,
  type Place,
  type HandOver,
  type Question,
} from "./command.ts";
export {
  appStartup,
  DEFAULT_EVENT_PRIORITY,
  eventRef,
  on,
  type EventHandler,
  type EventRef,
  type Events,
} from "./event.ts";
export type { JsonValue } from "./json.ts";
export type { Counter, LabelValues, MetricDeclaration, MetricLabels, Metrics, Timer } from "./metrics.ts";
export {
  defineModule,
  LONGEST_MODULE_NAME,
  MODULE_NAME,
  moduleRef,
  type DependencyApis,
  type Module,
  type ModuleContext,
  type ModuleDependencies,
  type ModuleHealth,
  type ModuleParts,
  type ModuleRef,
  type PlatformPermissions,
  type SettingsSchemas,
} from "./module.ts";
export { assertObjectKey } from "./object-key.ts";
export {
  ObjectStoreError,
  type Objects,
  type ObjectStoreErrorCode,
  type PutResult,
  type StoredObject,
} from "./objects.ts";
export {
  answer,
  defineRoute,
  type Route,
  type RouteAnswer,
  type RouteMethod,
  type RouteRequest,
} from "./route.ts";
export { ruleOf } from "./rule-of-issue.ts";
export type { Sealing } from "./sealing.ts";
export { secret } from "./secret.ts";
export type { Settings, WorkspaceName } from "./settings.ts";
export {
  defineService,
  sleepUntil,
  type Schedule,
  type Service,
  type ServiceContext,
  type ServiceResult,
} from "./service.ts";
export type { State } from "./state.ts";
export {
  sql,
  Sql,
  type Selection,
  type SqlPart,
  type SqlValue,
  type Store,
  type StoreMigration,
} from "./store.ts";
export type { Clock, Logger, LogFacts, Random } from "./surroundings.ts";
export {
  bool,
  bytes,
  Column,
  defineTable,
  instant,
  int4,
  int8,
  jsonb,
  oneOf,
  uuid,
  varchar,
  type ColumnFacts,
  type NewTableRow,
  type OnDelete,
  type TableExtra,
  type TableModel,
  type TableRow,
  type TypedTableModel,
} from "./table.ts";
export type { FreshTokens, Tokens } from "./tokens.ts";
export { workspaceOf } from "./workspace-of.ts";
