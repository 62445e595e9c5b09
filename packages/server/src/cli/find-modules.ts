import {
  discoverBundled,
  discoverElsewhere,
  type ModuleLoading,
} from "../kernel/discovery/discover-modules.ts";
import type { Config } from "../kernel/config.ts";
import type { FoundModule } from "../kernel/module-report.ts";
import { ModulesSettings } from "../kernel/modules-settings.ts";

/** Finds every module: those that come with the hall, and those that its settings name. @throws ConfigError */
export async function findModules({
  config,
  loading,
}: {
  readonly config: Config;
  readonly loading?: ModuleLoading | undefined;
}): Promise<readonly FoundModule[]> {
  const settings = config.section("modules", ModulesSettings);
  const bundled = await discoverBundled();
  const elsewhere = await discoverElsewhere({
    settings,
    workingFolder: process.cwd(),
    except: bundled.flatMap(({ place }) => place ?? []),
    loading,
  });
  return [...bundled, ...elsewhere];
}
