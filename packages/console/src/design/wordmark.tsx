/** The hall's sign and name. */
export function Wordmark({ isSignOnlyWhenNarrow = false }: { isSignOnlyWhenNarrow?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold">
      <svg viewBox="0 0 32 32" className="size-6 shrink-0" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#1f5f57" />
        <path
          d="M6 14 16 7l10 7M8 25h16M10 15v8m6-8v8m6-8v8"
          fill="none"
          stroke="#fff"
          strokeWidth="2.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className={isSignOnlyWhenNarrow ? "max-sm:sr-only" : ""}>Guildhall</span>
    </span>
  );
}
