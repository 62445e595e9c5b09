import { memo } from "react";
import { ChunkContent, type Chunk } from "../api/schemas.ts";
import { Notice } from "../design/notice.tsx";
import { guildhallKind, isJson } from "./chunk-kind.ts";
import { LineButtons } from "./line-buttons.tsx";
import { ownUrl } from "./own-url.ts";
import { PlainText } from "./plain-text.tsx";
import { RichText } from "./rich-text.tsx";
import { shownText } from "./shown-text.ts";
import { TableView } from "./table-view.tsx";

/** One piece of an answer, drawn by its type; what has an unknown type is shown as text or offered as a file. */
export const ChunkView = memo(function ChunkView({ chunk }: { chunk: Chunk }) {
  if (chunk.text_content === undefined || chunk.text_content === null) return <BinaryView chunk={chunk} />;
  const special = specialView(chunk);
  if (special) return special;
  const { shown, hidden } = shownText(textOf(chunk, chunk.text_content));
  return (
    <>
      <TextView mime={chunk.mime} text={shown} />
      {hidden > 0 && (
        <p className="text-sm text-muted">
          The text is cut here: {hidden.toLocaleString()} more characters are not shown.
        </p>
      )}
    </>
  );
});

function textOf(chunk: Chunk, content: string): string {
  return isJson(chunk.mime) && chunk.data !== undefined ? JSON.stringify(chunk.data, null, 2) : content;
}

/** The chunks with a form of their own. One that does not keep to its form is shown as JSON. */
function specialView(chunk: Chunk) {
  switch (guildhallKind(chunk.mime) ?? "") {
    case "table": {
      const { data } = ChunkContent.table.safeParse(chunk.data);
      return data && <TableView table={data} name={chunk.name ?? "Table"} />;
    }
    case "notice": {
      const { data } = ChunkContent.notice.safeParse(chunk.data);
      return data && <NoticeView {...data} />;
    }
    case "progress": {
      const { data } = ChunkContent.progress.safeParse(chunk.data);
      return data && <ProgressView {...data} />;
    }
    case "buttons": {
      const { data } = ChunkContent.buttons.safeParse(chunk.data);
      return data && <LineButtons buttons={data} />;
    }
    default:
      return undefined;
  }
}

function TextView({ mime, text }: { mime: string; text: string }) {
  if (mime === "text/markdown") return <RichText kind="markdown" text={text} />;
  if (mime === "text/html") return <RichText kind="html" text={text} />;
  if (mime === "image/svg+xml") {
    return (
      <img
        alt=""
        className="max-h-96 max-w-full"
        src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`}
      />
    );
  }
  if (!isJson(mime)) return <PlainText text={text} />;
  return (
    <details className="text-sm">
      <summary className="w-fit text-muted">{jsonLabel(mime)}</summary>
      <pre className="mt-1 overflow-x-auto rounded-md bg-sunken p-3 font-mono text-sm">{text}</pre>
    </details>
  );
}

function jsonLabel(mime: string): string {
  const kind = guildhallKind(mime);
  if (kind === "roll") return "numbers";
  return kind === undefined ? "JSON" : `${kind} (JSON)`;
}

function NoticeView(notice: {
  level?: string | undefined;
  message: string;
  reference?: string | null | undefined;
}) {
  const level =
    notice.level === "error"
      ? "error"
      : notice.level === "warning" || notice.level === "warn"
        ? "warning"
        : "info";
  return (
    <Notice level={level}>
      {notice.message}
      {notice.reference && !notice.message.includes(notice.reference) && <Reference id={notice.reference} />}
    </Notice>
  );
}

/** The id under which the hall's log has the reason of a failure. */
export function Reference({ id }: { id: string }) {
  return (
    <span className="block text-muted">
      Reference: <code className="font-mono">{id}</code>
    </span>
  );
}

function ProgressView({
  done,
  total,
  label,
}: {
  done: number;
  total?: number | null | undefined;
  label?: string | null | undefined;
}) {
  const words = label || "Progress";
  return (
    <label className="grid max-w-md gap-1 text-sm">
      <span>
        {words}
        <span className="text-muted tabular-nums">
          {typeof total === "number" && total > 0
            ? ` ${Math.round((done / total) * 100)} %`
            : ` ${done.toLocaleString()}`}
        </span>
      </span>
      {typeof total === "number" && total > 0 ? (
        <progress className="progress" value={Math.min(done, total)} max={total} />
      ) : (
        <progress className="progress" />
      )}
    </label>
  );
}

function BinaryView({ chunk }: { chunk: Chunk }) {
  const address = chunk.binary_url ? ownUrl(chunk.binary_url) : undefined;
  if (address === undefined)
    return <p className="text-sm text-muted">This piece of the answer has no content.</p>;
  if (chunk.mime.startsWith("image/")) {
    return (
      <a href={address} target="_blank" rel="noopener" className="block w-fit">
        <img
          src={address}
          alt={chunk.name || "Picture without a description"}
          className="max-h-96 max-w-full rounded-md"
        />
      </a>
    );
  }
  return (
    <a href={address} download={chunk.name ?? ""} className="w-fit text-accent underline">
      Download {chunk.name || "the file"} <span className="text-muted">({chunk.mime})</span>
    </a>
  );
}
