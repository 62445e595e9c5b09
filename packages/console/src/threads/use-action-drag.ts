import { useCallback, useState, type PointerEvent, type RefObject } from "react";
import type { MoveTo } from "../api/thread-changes.ts";

/** Near an edge of the box it scrolls along, by so many pixels for each movement. */
const EDGE_PX = 48;
const SCROLL_PX = 12;

/** An action that is being dragged, and where it would be put. */
export interface Drag {
  readonly actionId: string;
  readonly target: { readonly actionId: string; readonly side: "before" | "after" } | null;
}

/**
 * Lets actions be dragged by a handle, by mouse or pen or finger. The items are the children of `list` that name their
 * action in `data-action`; `box` is what scrolls. Escape gives up.
 */
export function useActionDrag({
  list,
  box,
  onMove,
}: {
  readonly list: RefObject<HTMLElement | null>;
  readonly box: RefObject<HTMLElement | null>;
  readonly onMove: (actionId: string, to: MoveTo) => void;
}) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const onGrab = useCallback(
    (actionId: string, event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      const handle: HTMLElement = event.currentTarget;
      const stop = new AbortController();
      const { signal } = stop;
      let latest: Drag = { actionId, target: null };
      const end = () => {
        stop.abort();
        setDrag(null);
      };
      handle.setPointerCapture(event.pointerId);
      setDrag(latest);
      handle.addEventListener(
        "pointermove",
        ({ clientY }) => {
          scrollAlong(box.current, clientY);
          latest = { actionId, target: targetAt(list.current, clientY, actionId) };
          setDrag(latest);
        },
        { signal },
      );
      handle.addEventListener(
        "pointerup",
        () => {
          end();
          const { target } = latest;
          if (!target) return;
          onMove(
            actionId,
            target.side === "before" ? { before: target.actionId } : { after: target.actionId },
          );
        },
        { signal },
      );
      handle.addEventListener("pointercancel", end, { signal });
      window.addEventListener("keydown", (key) => key.key === "Escape" && end(), { signal });
    },
    [list, box, onMove],
  );
  return { drag, onGrab };
}

function targetAt(list: HTMLElement | null, y: number, actionId: string): Drag["target"] {
  for (const item of list?.children ?? []) {
    const id = item instanceof HTMLElement ? item.dataset["action"] : undefined;
    const { top, bottom } = item.getBoundingClientRect();
    const isLast = item.nextElementSibling === null;
    if (id === undefined || (y > bottom && !isLast)) continue;
    if (id === actionId) return null;
    return { actionId: id, side: y < (top + bottom) / 2 ? "before" : "after" };
  }
  return null;
}

function scrollAlong(box: HTMLElement | null, y: number): void {
  if (!box) return;
  const { top, bottom } = box.getBoundingClientRect();
  if (y < top + EDGE_PX) box.scrollTop -= SCROLL_PX;
  else if (y > bottom - EDGE_PX) box.scrollTop += SCROLL_PX;
}
