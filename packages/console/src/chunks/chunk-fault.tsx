import type { ReactNode } from "react";
import { FaultBoundary } from "../design/fault-boundary.tsx";

/** Stands around one chunk: when it cannot be drawn, it is shown plainly, and the rest of the page stays. */
export function ChunkFault({ children, instead }: { children: ReactNode; instead: ReactNode }) {
  return (
    <FaultBoundary
      instead={
        <>
          <p className="text-sm text-muted">
            This piece of the answer cannot be drawn. It is shown as it came:
          </p>
          {instead}
        </>
      }
    >
      {children}
    </FaultBoundary>
  );
}
