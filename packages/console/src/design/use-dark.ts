import { useSyncExternalStore } from "react";

const dark = () => window.matchMedia("(prefers-color-scheme: dark)");

/** Whether the page is drawn dark; for what cannot follow the colours by itself. */
export function useDark(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = dark();
      query.addEventListener("change", onChange);
      return () => query.removeEventListener("change", onChange);
    },
    () => dark().matches,
  );
}
