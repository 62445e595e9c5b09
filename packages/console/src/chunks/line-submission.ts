import { createContext } from "react";

/** Runs a line in the open thread as the person; null where the thread may only be read. */
export const LineSubmission = createContext<((line: string) => Promise<boolean>) | null>(null);
