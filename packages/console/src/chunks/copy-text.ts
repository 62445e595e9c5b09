/** Copies a text to the clipboard; false where the browser does not let it, as over plain HTTP from elsewhere. */
export async function copyText(text: string): Promise<boolean> {
  // Types say that it is always there; browsers leave it out where the page is not secure.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch {
      // Refused: the older way below may still work.
    }
  }
  const box = document.createElement("textarea");
  box.value = text;
  box.style.position = "fixed";
  box.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  try {
    // The only way without a secure context.
    return document.execCommand("copy");
  } finally {
    box.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
