import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const HALL = "http://127.0.0.1:3300";

// oxlint-disable-next-line import/no-default-export -- Vite reads the default export of this file
export default defineConfig({
  base: "/",
  plugins: [react(), tailwindcss()],
  build: {
    target: "es2022",
    // The hall's content security policy lets only files through as scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The second page draws diagrams in a sandboxed frame.
    rolldownOptions: { input: ["index.html", "diagram.html"] },
  },
  server: { proxy: { "/api": { target: HALL, ws: true } } },
});
