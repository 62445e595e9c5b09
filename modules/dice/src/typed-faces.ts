import { LineRefusedError } from "@guildhall/sdk";

/** What dice on the table show, as typed: `3,5,1,6`. @throws LineRefusedError for what are no whole numbers */
export function facesOf(typed: string): readonly number[] {
  return typed.split(",").map((face) => {
    if (/^\s*-?\d{1,9}\s*$/.test(face)) return Number(face) + 0;
    throw new LineRefusedError(
      "The faces are whole numbers with commas between them, as in --faces 3,5,1,6.",
      {
        code: "bad_faces",
        column: 1,
      },
    );
  });
}
