import { DEFAULT_WIDTH, layOut, type HelpPage } from "./layout.ts";

/** Help, or an error above its usage, as plain text; `width` in characters, 80 when not given. */
export function renderHelpText(
  page: HelpPage,
  { width = DEFAULT_WIDTH }: { readonly width?: number } = {},
): string {
  return layOut(page, { width })
    .map((line) =>
      line
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    )
    .join("\n");
}
