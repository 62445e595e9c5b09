import type { ModuleHealth } from "@guildhall/sdk";
import type { ModuleKernel } from "../../kernel/module-kernel.ts";
import type { ModuleReport } from "../../kernel/module-report.ts";

/** A module's health, as it is answered (requirements C-2, C-12). */
export type ModuleHealthReport = Readonly<Record<string, ModuleHealth[string]>> & {
  readonly module: string;
  readonly status: "healthy" | "degraded" | "unhealthy" | "error" | "not_initialized" | "disabled";
  readonly last_check: string;
};

/** Asks a module how it is; one that does not run is `not_initialized`, with the reason, or `disabled`. */
export async function moduleHealth(
  kernel: ModuleKernel,
  report: ModuleReport,
  now: Date,
): Promise<ModuleHealthReport> {
  const base = { module: report.name, last_check: now.toISOString() };
  switch (report.state) {
    case "disabled":
      return { ...base, status: "disabled" };
    case "starting":
    case "failed":
      return { ...base, status: "not_initialized", details: report.reason ?? "" };
    case "started":
      return {
        ...base,
        ...((await kernel.health(report.name)) ?? { status: "not_initialized" }),
        module: report.name,
      };
  }
}
