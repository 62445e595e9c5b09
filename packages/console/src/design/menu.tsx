import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

const GAP_PX = 4;

/** One thing to do in a menu. */
export interface MenuItem {
  readonly label: string;
  readonly isDangerous?: boolean;
  /** Whether a wide page offers it elsewhere. */
  readonly isOnlyWhenNarrow?: boolean;
  readonly onChoose: () => void;
}

/**
 * A button that opens a short list of things to do, over everything else. Escape and a click elsewhere close it; the
 * arrow keys go through it (https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/).
 */
export function Menu(props: {
  /** What the button is called; what it shows is up to `children`. */
  readonly label: string;
  readonly className: string;
  readonly items: readonly MenuItem[];
  readonly children: ReactNode;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const place = useCallback(() => {
    const at = button.current?.getBoundingClientRect();
    const box = list.current;
    if (!at || !box) return;
    const height = box.offsetHeight;
    const below = at.bottom + GAP_PX;
    const fits = below + height <= window.innerHeight;
    box.style.top = `${fits ? below : Math.max(GAP_PX, at.top - GAP_PX - height)}px`;
    box.style.left = `${Math.max(GAP_PX, at.right - box.offsetWidth)}px`;
  }, []);
  useEffect(() => {
    if (!isOpen) return undefined;
    // It stays at its button when the page is turned, or scrolls below it.
    const stop = new AbortController();
    window.addEventListener("resize", place, { signal: stop.signal });
    window.addEventListener("scroll", place, { signal: stop.signal, capture: true, passive: true });
    return () => stop.abort();
  }, [isOpen, place]);
  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...(list.current?.querySelectorAll("button") ?? [])].filter((item) =>
      item.checkVisibility(),
    );
    const now = items.findIndex((item) => item === document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next >= items.length ? 0 : next)?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        popoverTarget={id}
        className={props.className}
      >
        {props.children}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={props.label}
        onKeyDown={onKeyDown}
        onToggle={(event) => {
          const isNowOpen = event.newState === "open";
          setIsOpen(isNowOpen);
          if (isNowOpen) place();
        }}
        className="m-0 min-w-44 rounded-lg border border-line bg-surface p-1 text-ink shadow-lg"
      >
        {props.items.map(({ label, isDangerous, isOnlyWhenNarrow, onChoose }, index) => (
          <button
            key={label}
            // The browser gives it the focus when it shows the menu; React's own `autoFocus` does so once, unseen.
            ref={(item) => void item?.toggleAttribute("autofocus", index === 0)}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={`block w-full rounded-md px-3 py-1.5 text-start text-sm -outline-offset-2 hover:bg-sunken focus-visible:bg-sunken ${isDangerous ? "text-danger" : ""} ${isOnlyWhenNarrow ? "sm:hidden" : ""}`}
            onClick={() => {
              list.current?.hidePopover();
              onChoose();
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </>
  );
}
