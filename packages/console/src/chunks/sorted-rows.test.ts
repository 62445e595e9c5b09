import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextOrder, sortedRows, type Cell } from "./sorted-rows.ts";

const cell: fc.Arbitrary<Cell> = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

describe("sortedRows", () => {
  it("sorts as people do, with what is empty last either way", () => {
    const rows: Cell[][] = [["item 10"], [null], ["Item 9"], [3], [20]];
    expect(sortedRows(rows, { column: 0, isDescending: false })).toEqual([3, 4, 2, 0, 1]);
    expect(sortedRows(rows, { column: 0, isDescending: true })).toEqual([0, 2, 4, 3, 1]);
    expect(sortedRows(rows, null)).toEqual([0, 1, 2, 3, 4]);
  });

  it("keeps every row, also where rows are too short", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { maxLength: 3 })),
        fc.nat(4),
        fc.boolean(),
        (rows, column, isDescending) => {
          const order = sortedRows(rows, { column, isDescending });
          expect(order.toSorted((one, other) => one - other)).toEqual(rows.map((_, index) => index));
        },
      ),
    );
  });
});

describe("nextOrder", () => {
  it("goes up, down, and back to the order in which the rows came", () => {
    const up = nextOrder(null, 2);
    const down = nextOrder(up, 2);
    expect([up, down, nextOrder(down, 2)]).toEqual([
      { column: 2, isDescending: false },
      { column: 2, isDescending: true },
      null,
    ]);
    expect(nextOrder(down, 1)).toEqual({ column: 1, isDescending: false });
  });
});
