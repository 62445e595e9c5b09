import http from "node:http";

/** What came back over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

/** A request as it goes over the wire: headers as given, so also Host, Origin and Cookie. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Sends one request over a socket of its own kind: nothing is added but Host and the length. */
export async function sendRaw(origin: string, request: RawRequest): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const length = request.body === undefined ? {} : { "content-length": Buffer.byteLength(request.body) };
  const headers = { ...length, ...request.headers };
  return await new Promise((resolve, reject) => {
    const outgoing = http.request(
      { agent, hostname, port, method: request.method, path: request.path, headers },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            bytes,
            text: bytes.toString(),
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(request.body);
  });
}
