import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { lexer, walkTokens } from "marked";

/** The top folder of the project. */
export const projectRoot = fileURLToPath(new URL("../../../../", import.meta.url));

/** A block of code in a document. */
export interface Block {
  /** The document, from the project's top folder. */
  readonly file: string;
  readonly language: string;
  /** What stands behind the language: the file that the block is, where it is one. */
  readonly title: string;
  readonly content: string;
}

/** Every document that people read, from the project's top folder. */
export const documents: readonly string[] = globSync(
  ["*.md", "docs/**/*.md", "{packages,modules,examples}/*/README.md", "{bench,deploy}/**/*.md"],
  { cwd: projectRoot, exclude: (name) => name === "node_modules" },
).toSorted();

/** The blocks of a document, in their order. */
export async function blocksOf(file: string): Promise<Block[]> {
  const blocks: Block[] = [];
  void walkTokens(lexer(await readFile(path.join(projectRoot, file), "utf8")), (token) => {
    if (token.type !== "code") return;
    const [language = "", title = ""] = String(token["lang"] ?? "").split(" ");
    blocks.push({ file, language, title, content: `${token["text"]}\n` });
  });
  return blocks;
}
