export { connectionApi } from "./connection-api-module.ts";
export {
  connectionApiRef,
  type ConnectionApi,
  type NewRecord,
  type Records,
  type StoredRecord,
} from "./ref.ts";
