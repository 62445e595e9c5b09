import { it } from "vitest";
import { stores } from "../support/stores.ts";
import { sendRaw } from "./support/api-client.ts";
import { useServedHall } from "./support/serve-hall.ts";
const { served } = useServedHall(stores()[0]!);
it("dumps", async () => {
  for (const host of ["evil.example", ""])
  for (const path of ["/", "/health", "/nowhere", "/docs", "/api/v1/users/me", "/api/v1/openapi.json"]) {
    const a = await sendRaw(served().origin, {method:"GET", path, headers: {host}});
    console.log(host, path, a.status, a.text.slice(0,100), a.headers["referrer-policy"]);
  }
});
