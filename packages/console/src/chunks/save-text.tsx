/** Saves a text that the page holds as a file, without asking the hall. */
export function SaveText({ text, mime, name }: { text: string; mime: string; name: string }) {
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: `${mime};charset=utf-8` }));
    link.download = name;
    link.click();
    // The browser has taken the content by the next turn.
    setTimeout(() => URL.revokeObjectURL(link.href));
  };
  return (
    <button type="button" className="rounded text-accent underline underline-offset-2" onClick={save}>
      Save the whole
    </button>
  );
}
