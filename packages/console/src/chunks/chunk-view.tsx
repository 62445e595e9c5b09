import { useQuery } from "@tanstack/react-query";
import { memo, type ReactNode } from "react";
import { explain, getWholeJson } from "../api/client.ts";
import type { Chunk } from "../api/schemas.ts";
import { Spinner } from "../design/spinner.tsx";
import { ChunkFault } from "./chunk-fault.tsx";
import { guildhallKind, isJson, mimeOf } from "./chunk-kind.ts";
import { CutNote } from "./cut-note.tsx";
import { DiagramView } from "./diagram-view.tsx";
import { FileView } from "./file-view.tsx";
import { JsonTree } from "./json-tree.tsx";
import { ownUrl } from "./own-url.ts";
import { PictureView } from "./picture-view.tsx";
import { PlainText } from "./plain-text.tsx";
import { RichText } from "./rich-text.tsx";
import { SaveText } from "./save-text.tsx";
import { shortened, shownText } from "./shown-text.ts";
import { drawStructured } from "./structured-views.tsx";

/** JSON with more characters is offered as a file. */
const LONGEST_JSON = 50_000_000;
const NO_DESCRIPTION = "Picture without a description";

interface ChunkViewProps {
  readonly chunk: Chunk;
  /** Whether plain text stands on a terminal's ground, where its colours are shown. */
  readonly isColoured?: boolean | undefined;
}

/** One piece of an answer, drawn by its type; what has an unknown type is shown as text or offered as a file. */
export const ChunkView = memo(function ChunkView({ chunk, isColoured = false }: ChunkViewProps) {
  const { text_content: text } = chunk;
  if (text === undefined || text === null) return <BinaryView chunk={chunk} />;
  return (
    <ChunkFault instead={<PlainText text={shortened(text)} />}>
      {drawStructured(chunk) ?? <TextView chunk={chunk} text={text} isColoured={isColoured} />}
    </ChunkFault>
  );
});

function TextView({ chunk, text, isColoured }: ChunkViewProps & { readonly text: string }) {
  const mime = mimeOf(chunk);
  if (mime === "text/vnd.mermaid") return <DiagramView source={text} />;
  if (mime === "image/svg+xml") {
    const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    return <PictureView address={address} description={chunk.name || NO_DESCRIPTION} canOpen={false} />;
  }
  if (isJson(mime) && chunk.data !== undefined) return <JsonView chunk={chunk} />;
  const { whole } = chunk;
  if (whole && isJson(mime)) return <WholeJson chunk={chunk} whole={whole} />;
  if (whole) return <TextEnd {...{ chunk, text, isColoured, whole }} />;
  const shown = shownText(text);
  if (shown.isWhole) return drawText({ mime, text, isColoured });
  return (
    <>
      {drawText({ mime, text: shown.head, isColoured })}
      <CutNote words={`${shown.hidden.toLocaleString()} characters are not shown here.`}>
        <SaveText text={text} mime={mime} name={chunk.name || `answer-${chunk.order}.txt`} />
      </CutNote>
      {drawText({ mime: "text/plain", text: shown.tail, isColoured })}
    </>
  );
}

/** JSON of which the hall has sent but the end, which is of no use by itself: all of it is asked for. */
function WholeJson({ chunk, whole }: { chunk: Chunk; whole: NonNullable<Chunk["whole"]> }) {
  const answer = useQuery({
    queryKey: ["chunk", whole.url],
    queryFn: ({ signal }) => getWholeJson(whole.url, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // Large, and at hand again in the browser's own cache.
    gcTime: 0,
    enabled: whole.characters <= LONGEST_JSON,
  });
  if (answer.data) return <ChunkView chunk={{ ...withoutWhole(chunk), data: answer.data.value }} />;
  if (answer.isLoading) return <Spinner label="Loading the whole answer" />;
  const words = answer.isError ? explain(answer.error) : "It is too large to be drawn here.";
  return (
    <FileView
      address={ownUrl(whole.url) ?? ""}
      name={chunk.name || `answer-${chunk.order}.json`}
      mime={`${chunk.mime}: ${words}`}
    />
  );
}

function withoutWhole({ whole: _whole, ...chunk }: Chunk): Chunk {
  return chunk;
}

/** The end of a text of which the hall has sent but the end. */
function TextEnd({
  chunk,
  text,
  isColoured,
  whole,
}: ChunkViewProps & { readonly text: string; readonly whole: NonNullable<Chunk["whole"]> }) {
  const shown = shownText(text);
  const end = shown.isWhole ? text : shown.tail;
  const address = ownUrl(whole.url);
  return (
    <>
      <CutNote
        words={`${(whole.characters - end.length).toLocaleString()} characters before this are not shown here.`}
      >
        {address !== undefined && (
          <a
            href={address}
            download={chunk.name || `answer-${chunk.order}.txt`}
            className="rounded text-accent underline underline-offset-2"
          >
            Save the whole
          </a>
        )}
      </CutNote>
      <PlainText text={end} isColoured={isColoured ?? false} />
    </>
  );
}

function drawText(given: { mime: string; text: string; isColoured: boolean | undefined }): ReactNode {
  if (given.mime === "text/markdown") return <RichText kind="markdown" text={given.text} />;
  if (given.mime === "text/html") return <RichText kind="html" text={given.text} />;
  return <PlainText text={given.text} isColoured={given.isColoured ?? false} />;
}

/** JSON of a type that only programs know is folded away. */
function JsonView({ chunk }: { chunk: Chunk }) {
  const kind = guildhallKind(chunk.mime);
  const isForPeople = mimeOf(chunk) === "application/json";
  if (isForPeople) return <JsonTree value={chunk.data} isOpen />;
  return (
    <details className="text-sm">
      <summary className="w-fit rounded text-muted">{kind ?? chunk.mime} as JSON</summary>
      <div className="mt-1">
        <JsonTree value={chunk.data} isOpen />
      </div>
    </details>
  );
}

function BinaryView({ chunk }: { chunk: Chunk }) {
  const address = chunk.binary_url ? ownUrl(chunk.binary_url) : undefined;
  if (address === undefined)
    return <p className="text-sm text-muted">This piece of the answer has no content.</p>;
  if (chunk.mime.startsWith("image/")) {
    return <PictureView address={address} description={chunk.name || NO_DESCRIPTION} canOpen />;
  }
  return <FileView address={address} name={chunk.name || `answer-${chunk.order}`} mime={chunk.mime} />;
}
