import { useEffect, useRef, type RefObject } from "react";

/** Puts the focus on an element when it appears, where that is what the person came for. */
export function useFocusOnOpen<Target extends HTMLElement>(): RefObject<Target | null> {
  const target = useRef<Target>(null);
  useEffect(() => {
    target.current?.focus();
  }, []);
  return target;
}
