/** Encrypts what a module must keep and nobody may read in the store, under the hall's secret key. */
export interface Sealing {
  /** The content encrypted (AES-256-GCM), as printable text; different each time. */
  seal(content: string): string;
  /** The content again; undefined when it was sealed under another key or by another module, or changed since. */
  open(sealed: string): string | undefined;
}
