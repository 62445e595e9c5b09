import net from "node:net";

/** What came over a bare socket until the hall closed it. */
export async function exchange(
  origin: string,
  write: (socket: net.Socket) => void,
): Promise<{ readonly text: string; readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(origin);
  const socket = net.connect({ host: hostname, port: Number(port) });
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A refused sender may find the connection reset before all was sent.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.on("connect", () => write(socket));
  });
  const text = Buffer.concat(chunks).toString();
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  return { text, status, body: text.slice(text.indexOf("\r\n\r\n") + 4) };
}
