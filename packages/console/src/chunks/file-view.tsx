/** A file to save. */
export function FileView({ address, name, mime }: { address: string; name: string; mime: string }) {
  return (
    <a
      href={address}
      download={name}
      className="flex w-fit max-w-full items-center gap-3 rounded-md border border-edge bg-surface px-3 py-2 hover:bg-sunken"
    >
      <svg viewBox="0 0 20 20" aria-hidden="true" className="size-5 shrink-0 text-accent">
        <path
          d="M10 3v9m0 0 3.5-3.5M10 12 6.500 8.500M4 16.500h12"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className="sr-only">Save</span>
      <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{name}</span>
      <span className="shrink-0 text-xs text-muted">{mime}</span>
    </a>
  );
}
