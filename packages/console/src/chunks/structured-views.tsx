import type { ReactNode } from "react";
import type * as z from "zod/mini";
import type { Chunk } from "../api/schemas.ts";
import { Notice } from "../design/notice.tsx";
import { ChartView } from "./chart-view.tsx";
import {
  ButtonsContent,
  ChartContent,
  NoticeContent,
  OddsContent,
  ProgressContent,
  RollContent,
  TableContent,
} from "./chunk-content.ts";
import { guildhallKind } from "./chunk-kind.ts";
import { LineButtons } from "./line-buttons.tsx";
import { OddsView } from "./odds-view.tsx";
import { ProgressView } from "./progress-view.tsx";
import { Reference } from "./reference.tsx";
import { RollView } from "./roll-view.tsx";
import { TableView } from "./table-view.tsx";

type Drawer = (chunk: Chunk) => ReactNode;

/** The drawer of a kind: undefined for a chunk that does not keep to the kind's form, which is then shown as JSON. */
function drawer<Schema extends z.ZodMiniType>(
  schema: Schema,
  draw: (content: z.infer<Schema>, chunk: Chunk) => ReactNode,
): Drawer {
  return (chunk) => {
    const content = schema.safeParse(chunk.data);
    return content.success ? draw(content.data, chunk) : undefined;
  };
}

/** The kinds `application/vnd.guildhall.KIND+json` that have a look of their own. A new one is one line here. */
const DRAWERS: ReadonlyMap<string, Drawer> = new Map([
  ["table", drawer(TableContent, (table, { name }) => <TableView table={table} name={name ?? "Table"} />)],
  ["notice", drawer(NoticeContent, (notice) => <NoticeView notice={notice} />)],
  ["progress", drawer(ProgressContent, (progress) => <ProgressView {...progress} />)],
  ["buttons", drawer(ButtonsContent, (buttons) => <LineButtons buttons={buttons} />)],
  ["chart", drawer(ChartContent, (chart) => <ChartView chart={chart} />)],
  ["roll", drawer(RollContent, (roll) => <RollView roll={roll} />)],
  ["odds", drawer(OddsContent, (odds) => <OddsView odds={odds} />)],
]);

/** A chunk of a structured kind, drawn; undefined when it is of none, or not of its form. */
export function drawStructured(chunk: Chunk): ReactNode {
  return DRAWERS.get(guildhallKind(chunk.mime) ?? "")?.(chunk);
}

function NoticeView({ notice }: { notice: NoticeContent }) {
  const { level, message, reference } = notice;
  const look = level === "error" ? "error" : level === "warning" || level === "warn" ? "warning" : "info";
  return (
    <Notice level={look}>
      {message}
      {reference && !message.includes(reference) && <Reference id={reference} />}
    </Notice>
  );
}
