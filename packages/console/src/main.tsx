import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { PageFault } from "./design/page-fault.tsx";
import "./design/styles.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html lacks the element #root");
createRoot(root).render(
  <StrictMode>
    <PageFault>
      <App />
    </PageFault>
  </StrictMode>,
);
