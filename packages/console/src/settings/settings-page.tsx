import { useQuery, useQueryClient } from "@tanstack/react-query";
import { explain } from "../api/client.ts";
import { listSettings, saveSettings } from "../api/settings.ts";
import { Notice } from "../design/notice.tsx";
import { Page, Section } from "../design/page.tsx";
import { Spinner } from "../design/spinner.tsx";
import { SchemaForm } from "./schema-form.tsx";

const SETTINGS_KEY = ["settings"];

/** What a person chooses for each module's commands. */
export function SettingsPage() {
  const queries = useQueryClient();
  const settings = useQuery({ queryKey: SETTINGS_KEY, queryFn: ({ signal }) => listSettings(signal) });
  return (
    <Page title="Your settings">
      {settings.isPending && <Spinner label="Loading the settings" />}
      {settings.isError && <Notice level="error">{explain(settings.error)}</Notice>}
      {settings.data?.length === 0 && (
        <p className="rounded-lg border border-dashed border-edge p-6 text-muted">
          No command of this hall has settings of yours to choose.
        </p>
      )}
      {settings.data?.map(({ name, summary, schema, values }) => (
        <Section key={name} title={name} hint={summary}>
          <SchemaForm
            schema={schema}
            values={values}
            saveLabel="Save"
            onSave={async (changed) => {
              await saveSettings(name, { ...values, ...changed });
              await queries.invalidateQueries({ queryKey: SETTINGS_KEY });
            }}
          />
        </Section>
      ))}
    </Page>
  );
}
