import { defineConfig } from "vite";

// Two files, each all that its reader needs: the pages' module, and (mode "worker") the service worker, a classic
// script that `importScripts` can read. Their names stay: the server adds the hash.
export default defineConfig(({ mode }) => ({
  build: {
    target: "es2019",
    outDir: "../src/ngoma/public/static",
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: mode === "worker" ? "src/worker.ts" : "src/public.ts",
      output:
        mode === "worker"
          ? { entryFileNames: "worker.js", format: "iife" }
          : { entryFileNames: "public.js", format: "es" },
    },
  },
}));
