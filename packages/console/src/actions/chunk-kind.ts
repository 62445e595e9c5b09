import { ChunkContent, type Chunk } from "../api/schemas.ts";

const GUILDHALL_TYPE = /^application\/vnd\.guildhall\.(\w+)\+json$/;

/** The word in `application/vnd.guildhall.WORD+json`. */
export function guildhallKind(mime: string): string | undefined {
  return GUILDHALL_TYPE.exec(mime)?.[1];
}

/** Whether the type says that the text is JSON. */
export function isJson(mime: string): boolean {
  return mime === "application/json" || mime.endsWith("+json");
}

/** Whether the chunk tells only how far the work is; a later one replaces it. */
export function isProgress(chunk: Chunk): boolean {
  return guildhallKind(chunk.mime) === "progress";
}

/** The message and reference of a notice, if the chunk is one. */
export function noticeOf(chunk: Chunk) {
  return guildhallKind(chunk.mime) === "notice" ? ChunkContent.notice.safeParse(chunk.data).data : undefined;
}
