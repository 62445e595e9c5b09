import { useState, type ReactNode } from "react";

/** So many members are drawn at first, and as many more each time they are asked for. */
const STEP = 100;
const LONGEST_STRING = 2000;
const PREVIEW = 60;

/** Any JSON value as a tree; branches are drawn when they are opened, so that a large value costs little. */
export function JsonTree({ value, isOpen }: { readonly value: unknown; readonly isOpen: boolean }) {
  return (
    <div className="max-w-full overflow-x-auto rounded-md border border-line bg-surface px-3 py-2 font-mono text-sm">
      {isBranch(value) ? (
        <Branch value={value} label={null} isOpenAtFirst={isOpen} />
      ) : (
        <Leaf value={value} />
      )}
    </div>
  );
}

type BranchValue = readonly unknown[] | Readonly<Record<string, unknown>>;

function isBranch(value: unknown): value is BranchValue {
  return typeof value === "object" && value !== null;
}

function isList(value: BranchValue): value is readonly unknown[] {
  return Array.isArray(value);
}

function sizeOf(value: BranchValue): number {
  return isList(value) ? value.length : Object.keys(value).length;
}

function Branch(props: {
  readonly value: BranchValue;
  readonly label: ReactNode;
  readonly isOpenAtFirst: boolean;
}) {
  const { value, label } = props;
  const [isOpen, setIsOpen] = useState(props.isOpenAtFirst);
  const [most, setMost] = useState(STEP);
  const keys = isList(value) ? undefined : Object.keys(value);
  const count = sizeOf(value);
  if (count === 0) {
    return (
      <p>
        {label}
        <span className="text-muted">{keys ? "{}" : "[]"}</span>
      </p>
    );
  }
  const drawn = Math.min(most, count);
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded marker:text-muted">
        {label}
        <span className="text-muted">{isOpen ? countText(value) : preview(value)}</span>
      </summary>
      {isOpen && (
        <ul className="ms-1.5 border-s border-line ps-3.5">
          {Array.from({ length: drawn }, (_, index) => {
            const key = keys?.[index] ?? String(index);
            return (
              <li key={key}>
                <Member name={key} value={memberOf(value, key)} isIndex={keys === undefined} />
              </li>
            );
          })}
          {drawn < count && (
            <li>
              <button
                type="button"
                className="rounded text-accent underline underline-offset-2"
                onClick={() => setMost(most + STEP)}
              >
                {moreOf(count - drawn)}
              </button>
            </li>
          )}
        </ul>
      )}
    </details>
  );
}

function moreOf(left: number): string {
  return left > STEP ? `${STEP} more of ${left.toLocaleString()}` : `${left} more`;
}

function memberOf(value: BranchValue, key: string): unknown {
  return Reflect.get(value, key);
}

function Member({ name, value, isIndex }: { name: string; value: unknown; isIndex: boolean }) {
  const label = (
    <>
      <span className={isIndex ? "text-muted" : "text-accent"}>{name}</span>
      <span className="text-muted">: </span>
    </>
  );
  if (isBranch(value)) return <Branch value={value} label={label} isOpenAtFirst={false} />;
  return (
    <p className="[overflow-wrap:anywhere]">
      {label}
      <Leaf value={value} />
    </p>
  );
}

function Leaf({ value }: { value: unknown }) {
  const [isWhole, setIsWhole] = useState(false);
  if (typeof value !== "string") return <span className="text-literal">{JSON.stringify(value)}</span>;
  if (value.length <= LONGEST_STRING || isWhole)
    return <span className="text-string">{JSON.stringify(value)}</span>;
  return (
    <>
      <span className="text-string">{JSON.stringify(value.slice(0, LONGEST_STRING))}</span>{" "}
      <button
        type="button"
        className="rounded text-accent underline underline-offset-2"
        onClick={() => setIsWhole(true)}
      >
        {(value.length - LONGEST_STRING).toLocaleString()} more characters
      </button>
    </>
  );
}

function countText(value: BranchValue): string {
  const count = sizeOf(value);
  const noun = isList(value) ? ["item", "items"] : ["member", "members"];
  return `${count.toLocaleString()} ${noun[count === 1 ? 0 : 1]}`;
}

/** The beginning of a closed branch on one line. */
function preview(value: BranchValue): string {
  const parts: string[] = [];
  let length = 0;
  for (const key of isList(value) ? value.keys() : Object.keys(value)) {
    const text = memberPreview(memberOf(value, String(key)));
    const part = isList(value) ? text : `${key}: ${text}`;
    length += part.length;
    if (length > PREVIEW) {
      parts.push("…");
      break;
    }
    parts.push(part);
  }
  return isList(value) ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}

function memberPreview(member: unknown): string {
  if (isBranch(member)) return isList(member) ? "[…]" : "{…}";
  return JSON.stringify(typeof member === "string" ? member.slice(0, PREVIEW) : member);
}
