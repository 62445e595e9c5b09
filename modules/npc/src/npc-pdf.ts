import type { NpcTable } from "./npc-table.ts";

const MARGIN = 36;

/**
 * The characters as a PDF: one table, on as many landscape Letter pages as it takes (M-42).
 *
 * @param options.at when it was made, which the document says of itself
 */
export async function npcPdf(
  table: NpcTable,
  { title, at }: { readonly title: string; readonly at: Date },
): Promise<Uint8Array> {
  // Loaded when it is first needed: it is larger than the rest of the module.
  const { default: PDFDocument } = await import("pdfkit");
  const document = new PDFDocument({
    size: "LETTER",
    layout: "landscape",
    margin: MARGIN,
    lang: "en",
    displayTitle: true,
    info: { Title: title, CreationDate: at },
  });
  const parts: Uint8Array[] = [];
  document.on("data", (part: Uint8Array) => parts.push(part));
  const ended = new Promise<void>((resolve, reject) => {
    document.on("end", resolve);
    document.on("error", reject);
  });
  document.font("Helvetica-Bold").fontSize(16).text(title).moveDown();
  document.fontSize(8);
  const rows = document.table({
    defaultStyle: { padding: 3, border: 0.5, borderColor: "#999999" },
    // Words need more room than numbers.
    columnStyles: [70, 80, 50, 80, "*", 55, "*", 45, 72, 55],
  });
  rows.row([...table.columns]);
  document.font("Helvetica");
  for (const row of table.rows) rows.row(row.map(String));
  rows.end();
  document.end();
  await ended;
  return Buffer.concat(parts);
}
