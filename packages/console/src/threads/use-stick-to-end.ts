import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

const NEAR_PX = 48;

/**
 * Keeps a scrolling box at its end while the reader is there, and where the reader is when something is put in
 * front. `firstKey` names the first thing in the box.
 */
export function useStickToEnd({ firstKey }: { readonly firstKey: string | undefined }): {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly onScroll: () => void;
  readonly goToEnd: () => void;
} {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const lastTop = useRef(0);
  const seen = useRef<{ firstKey: string | undefined; height: number }>({ firstKey: undefined, height: 0 });
  const [isAtEnd, setIsAtEnd] = useState(true);

  const goToEnd = useCallback(() => {
    pinned.current = true;
    setIsAtEnd(true);
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    // What grows while it is being scrolled to the end takes nobody away from there; only going up does.
    pinned.current = isNear || (pinned.current && element.scrollTop >= lastTop.current);
    lastTop.current = element.scrollTop;
    setIsAtEnd(pinned.current);
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { firstKey: before, height } = seen.current;
    if (before !== undefined && before !== firstKey && !pinned.current) {
      element.scrollTop += element.scrollHeight - height;
    }
    seen.current = { firstKey, height: element.scrollHeight };
  });

  useEffect(() => {
    if (!content.current || !box.current) return;
    const observer = new ResizeObserver(() => {
      const element = box.current;
      if (!element) return;
      seen.current.height = element.scrollHeight;
      const isEmpty = seen.current.firstKey === undefined;
      if (pinned.current && !isEmpty) element.scrollTop = element.scrollHeight;
    });
    observer.observe(content.current);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  return { box, content, isAtEnd, onScroll, goToEnd };
}
