import { defineConfig } from "vite";

// One small module for the residents' pages. Its name stays: the server adds the hash.
export default defineConfig({
  build: {
    target: "es2019",
    outDir: "../src/ngoma/public/static",
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: "src/public.ts",
      output: { entryFileNames: "public.js", format: "es" },
    },
  },
});
