import { useId, useState } from "react";
import { ApiError, explain } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { INPUT_CLASS, SELECT_CLASS } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { draftOf, readDraft, schemaFields, type SchemaField } from "./schema-fields.ts";

/** A form that is drawn from a JSON Schema; each field has its own reason when it is refused. */
export function SchemaForm(props: {
  readonly schema: unknown;
  readonly values: Readonly<Record<string, unknown>>;
  /** Fields that cannot be changed here, each with the reason. */
  readonly fixed?: ReadonlyMap<string, string>;
  /** Where the value of a field comes from, in one sentence. */
  readonly sources?: ReadonlyMap<string, string>;
  readonly saveLabel: string;
  /** Takes the values of the fields that were changed; an empty box is undefined. */
  readonly onSave: (changed: Readonly<Record<string, unknown>>) => Promise<void>;
}) {
  const { schema, values, fixed, sources, onSave } = props;
  const fields = schemaFields(schema);
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [outcome, setOutcome] = useState<{ isGood: boolean; words: string } | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const save = async () => {
    const changed: Record<string, unknown> = {};
    const found: Record<string, string> = {};
    for (const field of fields) {
      const draft = drafts[field.name];
      if (draft === undefined) continue;
      const read = readDraft(field, draft);
      if (read.ok) changed[field.name] = read.value;
      else found[field.name] = read.reason;
    }
    setFaults(found);
    setOutcome(null);
    if (Object.keys(found).length > 0) return;
    setIsSaving(true);
    try {
      await onSave(changed);
      setDrafts({});
      setOutcome({ isGood: true, words: "Saved." });
    } catch (error) {
      const told = error instanceof ApiError ? error.fields : {};
      setFaults(told);
      if (Object.keys(told).length === 0) setOutcome({ isGood: false, words: explain(error) });
    } finally {
      setIsSaving(false);
    }
  };
  return (
    <form
      className="grid max-w-xl gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          draft={drafts[field.name] ?? draftOf(field, values[field.name])}
          fault={faults[field.name]}
          fixed={fixed?.get(field.name)}
          source={sources?.get(field.name)}
          onChange={(draft) => setDrafts({ ...drafts, [field.name]: draft })}
        />
      ))}
      {outcome && <Notice level={outcome.isGood ? "info" : "error"}>{outcome.words}</Notice>}
      <div>
        <Button type="submit" look="primary" disabled={isSaving || Object.keys(drafts).length === 0}>
          {props.saveLabel}
        </Button>
      </div>
    </form>
  );
}

function FieldRow(props: {
  readonly field: SchemaField;
  readonly draft: string;
  readonly fault: string | undefined;
  readonly fixed: string | undefined;
  readonly source: string | undefined;
  readonly onChange: (draft: string) => void;
}) {
  const { field, draft, fault, fixed, source, onChange } = props;
  const id = useId();
  const hint = [field.hint, fixed ?? source].filter(Boolean).join(" ");
  const shared = {
    id,
    disabled: fixed !== undefined,
    "aria-describedby": hint || fault ? `${id}-hint` : undefined,
    "aria-invalid": fault !== undefined,
  };
  const { kind } = field;
  if (kind.kind === "switch") {
    return (
      <div>
        <label className="flex items-center gap-2 text-sm font-medium">
          <input
            {...shared}
            type="checkbox"
            className="size-4 accent-accent"
            checked={draft === "true"}
            onChange={({ target }) => onChange(String(target.checked))}
          />
          {field.label}
        </label>
        <Hint id={`${id}-hint`} hint={hint} fault={fault} />
      </div>
    );
  }
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {field.label}
      </label>
      {kind.kind === "choice" ? (
        <select
          {...shared}
          className={`${SELECT_CLASS} justify-self-start`}
          value={draft}
          onChange={({ target }) => onChange(target.value)}
        >
          <option value="">As usual</option>
          {kind.words.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      ) : kind.kind === "json" ? (
        <textarea
          {...shared}
          rows={4}
          spellCheck={false}
          className={`${INPUT_CLASS} font-mono text-sm`}
          value={draft}
          onChange={({ target }) => onChange(target.value)}
        />
      ) : (
        <input
          {...shared}
          type={field.isSecret ? "password" : "text"}
          inputMode={kind.kind === "number" ? "decimal" : undefined}
          maxLength={kind.kind === "text" ? kind.maxLength : undefined}
          autoComplete="off"
          className={INPUT_CLASS}
          value={draft}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      <Hint id={`${id}-hint`} hint={hint} fault={fault} />
    </div>
  );
}

function Hint({ id, hint, fault }: { id: string; hint: string; fault: string | undefined }) {
  if (hint === "" && fault === undefined) return null;
  return (
    <p id={id} className="text-sm text-muted">
      {fault !== undefined && <span className="block text-danger">{fault}</span>}
      {hint}
    </p>
  );
}
