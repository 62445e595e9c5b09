import type { Chunk } from "../api/schemas.ts";
import { NoticeContent } from "./chunk-content.ts";

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
  return guildhallKind(chunk.mime) === "notice" ? NoticeContent.safeParse(chunk.data).data : undefined;
}

/** The chunk's type without parameters such as a character set. */
export function mimeOf(chunk: Chunk): string {
  return (chunk.mime.split(";")[0] ?? "").trim().toLowerCase();
}

/** Whether the chunk is text to be shown as it is. */
export function isPlainText(chunk: Chunk): boolean {
  return mimeOf(chunk) === "text/plain" && typeof chunk.text_content === "string";
}
