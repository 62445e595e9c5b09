const FALLBACK = "/threads";
const ELSEWHERE = "http://elsewhere.invalid";

/** Where to go after signing in: the asked-for path when it is one of this site's own pages, else the threads. */
export function nextPath(asked: string | null): string {
  if (!asked?.startsWith("/")) return FALLBACK;
  const url = URL.parse(asked, ELSEWHERE);
  if (!url || url.origin !== ELSEWHERE) return FALLBACK;
  const path = url.pathname + url.search + url.hash;
  return /^\/(\/|login|setup|join|api\/)/.test(path) || path === "/" ? FALLBACK : path;
}
