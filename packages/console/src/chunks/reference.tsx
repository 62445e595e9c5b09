/** The id under which the hall's log has the reason of a failure. */
export function Reference({ id }: { id: string }) {
  return (
    <span className="block text-muted">
      Reference: <code className="font-mono">{id}</code>
    </span>
  );
}
