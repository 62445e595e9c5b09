import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { FaultBoundary } from "./fault-boundary.tsx";

/** Stands in for a page that broke while it was drawn, instead of an empty window. */
export function PageFault({ children }: { children: ReactNode }) {
  return (
    <FaultBoundary
      instead={
        <main className="grid min-h-full place-items-center p-4">
          <div role="alert" className="grid max-w-sm gap-3">
            <h1 className="text-xl font-semibold">This page broke</h1>
            <p>What you ran is safe in the hall. Reload the page to see it again.</p>
            <Button look="primary" onClick={() => window.location.reload()}>
              Reload
            </Button>
          </div>
        </main>
      }
    >
      {children}
    </FaultBoundary>
  );
}
