export { chatBackup } from "./chat-backup-module.ts";
export { BackupRecord } from "./backup-record.ts";
