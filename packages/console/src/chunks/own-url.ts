/** The address when it is one of this site's own, else undefined: output of a command must not call elsewhere. */
export function ownUrl(address: string): string | undefined {
  const url = URL.parse(address, window.location.origin);
  return url?.origin === window.location.origin ? url.pathname + url.search : undefined;
}
